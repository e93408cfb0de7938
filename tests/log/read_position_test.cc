// A position is enough to read on from, and one that does not fit is refused.
#include <algorithm>

#include "tests/log/cut_log.h"

using namespace leat;
using namespace leat::log;
using namespace leat::log::test;
using namespace std::chrono_literals;

TEST_CASE("EveryPositionResumesWhereItStoodAlsoMidCutAndAfterReopening") {
  CutLog h;
  GenerationId old = h.make_topic("orders");
  for (int i = 0; i < 4; ++i) h.put(old, i % 2, numbered(i * 10, 5), 200'000);
  auto first = h.reader({"orders"});
  (void)drain(*first);
  GenerationId fresh = h.begin("orders", 3);
  for (int i = 0; i < 3; ++i) h.put(fresh, i, numbered(100 + i * 10, 5), 300'000);
  h.switch_to("orders", fresh);
  h.put(fresh, 0, {"last"});

  // One reader in one go against one that is made anew after each step.
  ReadPosition start = first->position();
  Lines whole = drain(*h.reader({"orders"}, start), 500'000);
  CHECK(std::count(whole.begin(), whole.end(), "-k12") == 1);
  Lines pieces;
  size_t mid_cut_steps = 0;
  for (std::string stored = start.encode();;) {
    auto position = ReadPosition::decode(stored);
    REQUIRE(position.ok());
    if (mid_cut_steps == 2) h.reopen();
    auto reader = h.reader({"orders"}, *position);
    CHECK(reader->position() == *position);
    auto step = reader->next(500'000, kNoLimit, 0ms);
    REQUIRE(step.ok());
    if (!*step) break;
    Lines more = lines_of(**step);
    pieces.insert(pieces.end(), more.begin(), more.end());
    mid_cut_steps += (*step)->ends_cut ? 0 : 1;
    stored = reader->position().encode();
  }
  CHECK(pieces == whole);
  CHECK(mid_cut_steps > 4);
}

TEST_CASE("ReadPositionCutShortAnywhereIsAnError") {
  CutLog h;
  GenerationId orders = h.make_topic("orders");
  h.put(orders, 0, numbered(0, 3));
  auto reader = h.reader({"orders"});
  (void)drain(*reader);
  std::string bytes = reader->position().encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(ReadPosition::decode(std::string_view(bytes).substr(0, size)).ok());
  }
  CHECK_FALSE(ReadPosition::decode(bytes + "x").ok());
  bytes[0] = 9;
  CHECK_FALSE(ReadPosition::decode(bytes).ok());
}

TEST_CASE("PositionAtAStateGivesOnlyWhatComesAfterIt") {
  CutLog h;
  GenerationId orders = h.make_topic("orders");
  h.put(orders, 0, {"a"});
  auto reader = h.reader({"orders"}, ReadPosition::at(*h.log->state(), {"orders"}));
  CHECK(drain(*reader).empty());
  h.put(orders, 0, {"b"});
  CHECK(drain(*reader) == Lines{"+b", "=4"});
}

TEST_CASE("PositionBeyondTheLogIsRefused") {
  CutLog h;
  GenerationId orders = h.make_topic("orders");
  h.put(orders, 0, {"a"});
  ReadPosition position = ReadPosition::at(*h.log->state(), {"orders"});
  CutLog other;
  other.make_topic("orders");
  CHECK_FALSE(other.log->read_cuts({"orders"}, position).ok());
}

TEST_CASE("PositionThatNeverReadATopicIsRefusedForIt") {
  CutLog h;
  h.make_topic("orders");
  h.make_topic("customers");
  ReadPosition position = ReadPosition::at(*h.log->state(), {"orders"});
  auto refused = h.log->read_cuts({"orders", "customers"}, position);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message().find("customers") != std::string::npos);
}

// A reader gives every cut once, in steps of a stated size.
#include "tests/log/cut_log.h"

using namespace leat;
using namespace leat::log;
using namespace leat::log::test;
using namespace std::chrono_literals;

TEST_CASE("OneStepCoversManySmallCuts") {
  CutLog h;
  GenerationId orders = h.make_topic("orders");  // cuts 1 and 2
  h.put(orders, 0, {"a"});
  h.put(orders, 1, {"b"});
  h.put(orders, 0, {"c"});
  auto reader = h.reader({"orders"});
  CHECK(drain(*reader) == Lines{"=1", "=2", "+a", "+b", "+c", "=5"});
  CHECK(reader->position().cut() == CutId(5));
}

TEST_CASE("StepEndsAtACutWhenItIsFull") {
  CutLog h;
  GenerationId orders = h.make_topic("orders");
  for (int i = 0; i < 6; ++i) h.put(orders, i % 2, numbered(i, 1), 300);
  auto reader = h.reader({"orders"});
  CHECK(drain(*reader, 700) ==
        Lines{"=1", "=2", "+k0", "+k1", "=4", "+k2", "+k3", "=6", "+k4", "+k5", "=8"});
}

TEST_CASE("HugeCutIsGivenInPiecesAndEndsOnce") {
  CutLog h;
  GenerationId orders = h.make_topic("orders");
  CommitUnit unit;  // two batches in each partition
  for (int partition : {0, 1})
    unit.appends.push_back(h.records(orders, partition, numbered(0, 4), 700'000));
  h.put(orders, 0, {"before"});
  h.commit(std::move(unit));
  h.put(orders, 0, {"after"});
  auto reader = h.reader({"orders"});
  Lines lines = drain(*reader, 100'000);
  Lines expected{"=1", "=2", "+before", "=3"};
  for (int partition : {0, 1}) {
    for (const std::string& key : numbered(0, 4)) expected.push_back("+" + key);
    if (partition == 1) expected.insert(expected.end(), {"=4", "+after", "=5"});
  }
  CHECK(lines == expected);
}

TEST_CASE("CutThatMovesNoneOfTheTopicsIsAnEmptyStep") {
  CutLog h;
  h.make_topic("orders");
  GenerationId other = h.make_topic("other");
  auto reader = h.reader({"orders"});
  (void)drain(*reader);
  h.put(other, 0, {"x"});
  auto step = reader->next(1000, kNoLimit, 0ms);
  REQUIRE(step.ok());
  REQUIRE(step->has_value());
  CHECK((*step)->chunks.empty());
  CHECK((*step)->ends_cut);
  CHECK((*step)->cut == CutId(5));
}

TEST_CASE("ReaderDoesNotPassItsLimit") {
  CutLog h;
  GenerationId orders = h.make_topic("orders");
  h.put(orders, 0, {"a"});
  h.put(orders, 0, {"b"});
  auto reader = h.reader({"orders"});
  CHECK(drain(*reader, 1000, CutId(3)) == Lines{"=1", "=2", "+a", "=3"});
  CHECK(drain(*reader, 1000, CutId(4)) == Lines{"+b", "=4"});
}

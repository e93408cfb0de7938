#include "cli/topics/topic_append.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "cli/system/line_batches.h"
#include "cli/topics/topic_admin.h"
#include "cli/topics/topic_lines.h"
#include "compaction/cleaner.h"
#include "log/local_log.h"
#include "tests/support/process.h"

namespace leat::cli {
namespace {

using Catch::Matchers::Contains;
using nlohmann::json;

// A clock that stands still until it is moved.
class ManualClock final : public Clock {
 public:
  int64_t unix_us() const override { return now_us; }
  std::chrono::nanoseconds monotonic() const override { return std::chrono::microseconds(now_us); }
  int64_t now_us = 1'700'000'000'000'000;
};

struct Harness {
  explicit Harness(
      NewTopic topic = {
          "clicks", log::TopicKind::stream, 3, "id bigint not null, page text", "", {}}) {
    Status made = create_topic(*log, config, topic);
    if (!made.ok()) FAIL(made.error().message());
  }

  std::string append(const std::string& lines, const std::string& topic = "clicks") {
    auto done = appender.append(topic, lines, 1);
    return done.ok() ? std::to_string(*done) : done.error().message();
  }
  std::vector<json> cat() {
    std::string text;
    Status done = write_topic_lines(*log, {"clicks", {}, false, [] { return true; }},
                                    [&](std::string_view lines) -> Status {
                                      text += lines;
                                      return {};
                                    });
    if (!done.ok()) FAIL(done.error().message());
    std::vector<json> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
    return lines;
  }
  log::GenerationState generation() { return *log->state()->find("clicks")->current; }

  test::TempDir dir;
  ManualClock clock;
  Config config = *parse_config("leat.yaml", "sources: {shop: {postgres: postgresql://x/y}}\n");
  std::unique_ptr<log::LocalLog> log = *log::LocalLog::open(
      {.fs = Fs::posix(), .clock = clock, .dir = dir / "log", .journal_bytes = 8 << 20});
  TopicAppender appender{*log, clock};
};

std::string lines_of(int first, int count, size_t page_bytes = 4) {
  std::string lines;
  for (int i = first; i < first + count; ++i) {
    lines += json{{"id", i}, {"page", std::string(page_bytes, 'p')}}.dump() + "\n";
  }
  return lines;
}

TEST_CASE("AppendedLinesAreReadBackInTheirOrder") {
  Harness h;
  CHECK(h.append(lines_of(1, 5)) == "5");
  CHECK(h.append(lines_of(6, 3)) == "3");
  CHECK(h.append("\n" + lines_of(9, 1) + "  \n" + lines_of(10, 1)) == "2");
  auto lines = h.cat();
  REQUIRE(lines.size() == 10);
  for (int i = 0; i < 10; ++i) {
    CHECK(lines[i]["after"] == json{{"id", i + 1}, {"page", "pppp"}});
    CHECK(lines[i]["op"] == "c");
  }
  CHECK(lines[0]["ts_ms"] == h.clock.now_us / 1000);
}

TEST_CASE("NothingIsWrittenOfLinesOfWhichOneIsRefused") {
  Harness h;
  CHECK_THAT(h.append(lines_of(1, 3) + "{\"id\":\"x\"}\n"),
             Contains("line 4: column id (bigint) cannot be \"x\""));
  CHECK(h.cat().empty());
  CHECK(h.append("") == "0");
}

TEST_CASE("RecordsWithoutAKeyFillThePartitionsInTurnAndThoseOfOneKeyStayTogether") {
  Harness keyless;
  for (int i = 0; i < 9; ++i) REQUIRE(keyless.append(lines_of(i, 10)) == "10");
  for (const auto& partition : keyless.generation().partitions) CHECK(partition.end == Offset(30));

  Harness keyed({"clicks", log::TopicKind::stream, 3, "id bigint, page text", "id", {}});
  for (int i = 0; i < 4; ++i) REQUIRE(keyed.append(lines_of(0, 20)) == "20");
  std::map<int, std::set<int>> partitions_of_id;
  for (const json& line : keyed.cat()) {
    partitions_of_id[line["after"]["id"]].insert(line["source"]["partition"].get<int>());
  }
  CHECK(partitions_of_id.size() == 20);
  for (const auto& [id, partitions] : partitions_of_id) CHECK(partitions.size() == 1);
}

TEST_CASE("OnlyStreamTopicsThatExistAreAppendedTo") {
  Harness h;
  NewTopic table{"rates", log::TopicKind::table, 1, "code text", "code", {}};
  REQUIRE(create_topic(*h.log, h.config, table).ok());
  CHECK_THAT(h.append("{\"code\":\"x\"}", "rates"), Contains("rates is a table topic"));
  CHECK_THAT(h.append("{}", "click"), Contains("did you mean clicks?"));
  CHECK_THAT(h.append("{}", "leat.schemas"), Contains("there is no topic"));
}

TEST_CASE("WhatWasAppendedGoesByTheTopicsRetentionOfSize") {
  Harness h({"clicks",
             log::TopicKind::stream,
             1,
             "id bigint, page text",
             "",
             {"segment_bytes=1MB", "retention_bytes=2MB"}});
  for (int i = 0; i < 12; ++i) REQUIRE(h.append(lines_of(i * 50, 50, 10'000)) == "50");
  compaction::Cleaner cleaner(h.log->segments(), {});
  cleaner.run_once();
  auto kept = h.cat();
  CHECK(kept.size() < 350);
  CHECK(kept.size() >= 200);
  CHECK(kept.back()["after"]["id"] == 599);
  CHECK(h.append(lines_of(600, 1)) == "1");
}

TEST_CASE("WhatWasAppendedGoesByTheTopicsRetentionOfTime") {
  Harness h({"clicks",
             log::TopicKind::stream,
             1,
             "id bigint, page text",
             "",
             {"segment_age=1min", "retention=1h"}});
  REQUIRE(h.append(lines_of(0, 10)) == "10");
  h.clock.now_us += int64_t{50} * 60 * 1'000'000;
  REQUIRE(h.append(lines_of(10, 10)) == "10");
  compaction::Cleaner cleaner(h.log->segments(), {});
  cleaner.run_once();
  CHECK(h.cat().size() == 20);
  h.clock.now_us += int64_t{20} * 60 * 1'000'000;
  REQUIRE(h.append(lines_of(20, 1)) == "1");
  cleaner.run_once();
  auto kept = h.cat();
  REQUIRE(kept.size() == 11);
  CHECK(kept[0]["after"]["id"] == 10);
}

TEST_CASE("WhereTheDiskIsFullAnAppendSaysSoAndHoldsUpNoEnd") {
  Harness h;
  REQUIRE(h.append(lines_of(1, 1)) == "1");
  REQUIRE(h.log->close().ok());
  h.log.reset();
  auto full = *log::LocalLog::open({.fs = Fs::posix(),
                                    .clock = h.clock,
                                    .dir = h.dir / "log",
                                    .journal_bytes = 8 << 20,
                                    .kept_room_bytes = uint64_t{1} << 62});
  TopicAppender appender(*full, h.clock);
  auto unknown = appender.append("clicks", lines_of(2, 1), 1, [&] {
    return !full->health().paused_reason.empty();  // as the end of the process would
  });
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().is_transient());
  CHECK_THAT(unknown.error().message(), Contains("it may still be"));
  auto refused = appender.append("clicks", lines_of(3, 1), 1);
  REQUIRE_FALSE(refused.ok());
  CHECK_FALSE(refused.error().is_transient());
  CHECK_THAT(refused.error().message(), Contains("are kept for compaction"));
}

struct Pipe {
  Pipe() { REQUIRE(::pipe(fds) == 0); }
  ~Pipe() {
    ::close(fds[0]);
    end();
  }
  void write(const std::string& text) {
    REQUIRE(::write(fds[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void end() {
    if (fds[1] >= 0) ::close(fds[1]);
    fds[1] = -1;
  }
  int fds[2];
};

TEST_CASE("LinesAreHandedOutWholeAndInBoundedBatches") {
  Pipe pipe;
  LineBatches batches(pipe.fds[0], 8, 10);
  pipe.write("a\nbb");
  CHECK(*batches.next() == "a\n");  // nothing more comes for now
  pipe.write("b\nccc\ndddd\nlongerline\nend");
  CHECK(*batches.next() == "bbb\nccc\n");
  CHECK(*batches.next() == "dddd\n");
  CHECK(*batches.next() == "longerline\n");
  pipe.end();
  CHECK(*batches.next() == "end");
  CHECK(*batches.next() == "");
}

TEST_CASE("ALineThatIsTooLongIsRefused") {
  Pipe pipe;
  LineBatches batches(pipe.fds[0], 8, 2 << 20);
  pipe.write("good\n" + std::string(30'000, 'x'));
  CHECK(*batches.next() == "good\n");
  LineBatches narrow(pipe.fds[0], 8, 10);
  pipe.write(std::string(30'000, 'x'));
  pipe.end();
  auto refused = narrow.next();
  REQUIRE_FALSE(refused.ok());
  CHECK_THAT(refused.error().message(), Contains("is longer than"));
}

}  // namespace
}  // namespace leat::cli

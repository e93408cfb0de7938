#include "cli/topics/topic_lines.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/topics/topic_report.h"
#include "compaction/cleaner.h"
#include "log/base/bytes.h"
#include "log/local_log.h"
#include "log/model/change.h"
#include "log/model/key.h"
#include "log/model/row.h"
#include "tests/support/process.h"

namespace leat::cli {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr int32_t kPartitions = 3;
const std::string kTopic = "shop.public.orders";

// A log with one topic orders(id integer, note text), written as a source would.
class Orders {
 public:
  Orders() {
    auto log = log::LocalLog::open({.fs = Fs::posix(),
                                    .clock = Clock::system(),
                                    .dir = dir_ / "log",
                                    .journal_bytes = 1 << 20,
                                    .on_fatal = {}});
    if (!log.ok()) FAIL(log.error().message());
    log_ = std::move(*log);
    schema_.columns = {{"id", {TypeId::int32}, false}, {"note", {TypeId::text}, true}};
    schema_.key_columns = {0};
    new_generation();
  }

  log::LocalLog& log() { return *log_; }
  CutId cut() { return log_->state()->cut; }

  void new_generation() {
    generation_ = log_->allocate_generation();
    log::CommitUnit unit;
    unit.edits.push_back(log::CreateTopic{kTopic});
    unit.edits.push_back(
        log::BeginGeneration{kTopic, generation_, log_->schema_id(schema_), kPartitions});
    unit.edits.push_back(log::SwitchGeneration{kTopic, generation_});
    commit(std::move(unit));
  }

  // One transaction that inserts COUNT rows from FIRST_ID on. LSN 0: rows of a snapshot.
  void insert(uint64_t lsn, int first_id, int count) {
    std::vector<log::RecordBuffer> buffers(kPartitions);
    for (int i = 0; i < count; ++i) {
      add(lsn, static_cast<uint64_t>(i), first_id + i, &buffers[(first_id + i) % kPartitions]);
    }
    log::CommitUnit unit;
    for (int32_t p = 0; p < kPartitions; ++p) {
      if (buffers[p].empty()) continue;
      unit.appends.push_back({{generation_, PartitionIndex(p)}, std::move(buffers[p])});
    }
    commit(std::move(unit));
  }

  // One transaction that deletes a row.
  void erase(uint64_t lsn, int id) {
    Datum values[] = {Datum::of_int(id), Datum::of_bytes("note")};
    std::string key, row, header, position;
    append_key_field(TypeId::int32, values[0], &key);
    append_row(schema_.row_type(), values, &row);
    append_be<uint64_t>(&position, lsn);
    append_change_header({lsn, 1'000'000, 0, position, RowImage{log_->schema_id(schema_), row}},
                         &header);
    log::CommitUnit unit;
    unit.appends.push_back({{generation_, PartitionIndex(id % kPartitions)}, {}});
    unit.appends[0].records.add(1000, key, std::nullopt, header);
    commit(std::move(unit));
  }

  std::vector<json> cat(HistoryStart from = {}) {
    std::string text;
    Status done = write_topic_lines(*log_, {kTopic, from, false, [] { return true; }},
                                    [&](std::string_view lines) -> Status {
                                      text += lines;
                                      return {};
                                    });
    if (!done.ok()) FAIL(done.error().message());
    return parse(text);
  }

  static std::vector<json> parse(const std::string& text) {
    std::vector<json> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
    return lines;
  }

 private:
  static int64_t time_ms_of(uint64_t lsn) { return static_cast<int64_t>(lsn) * 10; }

  void add(uint64_t lsn, uint64_t index, int id, log::RecordBuffer* buffer) {
    Datum values[] = {Datum::of_int(id), Datum::of_bytes("note")};
    std::string key, row, value, header, position;
    append_key_field(TypeId::int32, values[0], &key);
    append_row(schema_.row_type(), values, &row);
    append_change_value({log_->schema_id(schema_), row}, &value);
    append_be<uint64_t>(&position, lsn);
    append_change_header({lsn, 1'000'000, index, position, std::nullopt}, &header);
    buffer->add(time_ms_of(lsn), key, value, header);
  }

  void commit(log::CommitUnit unit) {
    auto ticket = log_->submit(std::move(unit));
    REQUIRE(ticket.ok());
    REQUIRE(log_->wait_durable(*ticket, 60s).ok());
  }

  test::TempDir dir_;
  std::unique_ptr<log::LocalLog> log_;
  Schema schema_;
  GenerationId generation_;
};

std::vector<int> ids_of(const std::vector<json>& lines) {
  std::vector<int> ids;
  for (const json& line : lines) {
    if (line["after"].is_object()) ids.push_back(line["after"]["id"].get<int>());
  }
  return ids;
}

std::vector<int> counted(int first, int last) {
  std::vector<int> ids;
  for (int id = first; id <= last; ++id) ids.push_back(id);
  return ids;
}

TEST_CASE("ChangesOfAllPartitionsComeInCommitOrder") {
  Orders orders;
  orders.insert(0, 1, 10);  // the snapshot
  orders.insert(100, 11, 7);
  orders.insert(200, 18, 5);
  auto lines = orders.cat();
  REQUIRE(lines.size() == 22);
  for (size_t i = 0; i < 10; ++i) CHECK(lines[i]["op"] == "r");
  auto ids = ids_of(lines);
  CHECK(std::vector<int>(ids.begin() + 10, ids.end()) == counted(11, 22));
}

TEST_CASE("TransactionLargerThanOneReadStaysInOrder") {
  Orders orders;
  orders.insert(100, 1, 20'000);
  CHECK(ids_of(orders.cat()) == counted(1, 20'000));
}

TEST_CASE("FromACutOnlyWhatCameBehindItIsPrinted") {
  Orders orders;
  orders.insert(100, 1, 5);
  CutId between = orders.cut();
  orders.insert(200, 6, 4);
  CHECK(ids_of(orders.cat({.cut = between})) == counted(6, 9));
  CHECK(orders.cat({.cut = orders.cut()}).empty());
}

TEST_CASE("SinceATimeWhatWasCommittedThenAndLaterIsPrintedInOrder") {
  Orders orders;
  orders.insert(100, 1, 5);
  orders.insert(200, 6, 4);
  orders.insert(300, 10, 2);
  CHECK(ids_of(orders.cat({.time_ms = 2000})) == counted(6, 11));
  CHECK(ids_of(orders.cat({.time_ms = 2001})) == counted(10, 11));
  CHECK(orders.cat({.time_ms = 3001}).empty());
}

TEST_CASE("OfOnePartitionWhatStandsFromAnOffsetOnIsPrinted") {
  Orders orders;
  orders.insert(100, 1, 9);
  CHECK(ids_of(orders.cat({.partition = PartitionIndex(2)})) == std::vector<int>{2, 5, 8});
  CHECK(ids_of(orders.cat({.partition = PartitionIndex(2), .offset = Offset(1)})) ==
        std::vector<int>{5, 8});
  CHECK(orders.cat({.partition = PartitionIndex(2), .offset = Offset(3)}).empty());
}

TEST_CASE("APartitionThatTheTopicDoesNotHaveIsAnErrorThatSaysWhichItHas") {
  Orders orders;
  orders.insert(100, 1, 9);
  Status done =
      write_topic_lines(orders.log(), {kTopic, {.partition = PartitionIndex(3)}, false, {}},
                        [](std::string_view) -> Status { return {}; });
  REQUIRE(!done.ok());
  CHECK(done.error().message() == "topic " + kTopic + " has no partition 3: they are 0 to 2");
}

TEST_CASE("DeletesThatWereCompactedStillSayWhichRowWasDeleted") {
  Orders orders;
  orders.insert(100, 1, 6);
  orders.erase(200, 4);
  CHECK(orders.cat().back()["before"] == json{{"id", 4}, {"note", "note"}});
  compaction::Cleaner cleaner(orders.log().segments(), {});
  compaction::Progress progress;
  auto compacted = cleaner.compact_now(kTopic, progress);
  REQUIRE(compacted.ok());
  REQUIRE(compacted->replaced);
  auto lines = orders.cat();
  REQUIRE(lines.size() == 6);
  CHECK(lines.back()["op"] == "d");
  CHECK(lines.back()["before"] == json{{"id", 4}});
}

TEST_CASE("UnknownTopicNamesTheOneThatWasMeant") {
  Orders orders;
  auto report = topic_report(orders.log(), "orders");
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().message() == "there is no topic orders; did you mean shop.public.orders?");
  auto misspelt = topic_report(orders.log(), "shop.public.oders");
  CHECK(misspelt.error().message() ==
        "there is no topic shop.public.oders; did you mean shop.public.orders?");
}

TEST_CASE("FollowerSeesAReplacedTableAsTruncatedAndThenItsNewRows") {
  Orders orders;
  orders.insert(100, 1, 3);
  std::string text;
  int step = 0;
  // Each time the follower has read all there is, the next thing happens.
  auto closing = [&] {
    if (++step == 1) orders.insert(200, 4, 2);
    if (step == 2) orders.new_generation();
    if (step == 3) orders.insert(300, 1, 1);
    return step > 4;
  };
  Status done = write_topic_lines(orders.log(), {kTopic, {}, true, closing},
                                  [&](std::string_view lines) -> Status {
                                    text += lines;
                                    return {};
                                  });
  REQUIRE(done.ok());
  auto lines = Orders::parse(text);
  REQUIRE(lines.size() == 7);
  CHECK(ids_of(lines) == std::vector<int>{1, 2, 3, 4, 5, 1});
  CHECK(lines[5]["op"] == "t");
}

TEST_CASE("TopicsAreListedWithoutTheInternalOnes") {
  Orders orders;
  orders.insert(100, 1, 3);
  auto reports = topic_reports(orders.log());
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].records() == 3);
  CHECK(reports[0].state == "ready");
  CHECK(topic_list_text(reports).find("shop.public.orders  table  ready        3") !=
        std::string::npos);
  CHECK(topic_text(reports[0]).find("id      integer  key\n") != std::string::npos);
  auto back = parse_topics_json(topics_json(reports));
  REQUIRE(back.ok());
  CHECK(topics_json(*back) == topics_json(reports));
}

}  // namespace
}  // namespace leat::cli

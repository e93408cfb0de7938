#include "cli/topics/consumers.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "cli/topics/known_readers.h"
#include "cli/topics/topic_lines.h"
#include "log/base/bytes.h"
#include "log/model/change.h"
#include "log/model/key.h"
#include "log/model/row.h"
#include "tests/support/process.h"

namespace leat::cli {
namespace {

using Catch::Matchers::Contains;
using namespace std::chrono_literals;

const std::string kTopic = "shop.public.orders";

// A log with orders(id integer) in one partition.
class Orders {
 public:
  Orders() {
    reopen();
    schema_.columns = {{"id", {TypeId::int32}, false}};
    schema_.key_columns = {0};
    new_generation();
  }

  log::LocalLog& log() { return *log_; }

  void reopen() {
    log_.reset();
    open("log");
  }
  // What a process that was killed now would leave.
  void reopen_after_a_kill() {
    std::filesystem::copy(dir_ / "log", dir_ / "killed", std::filesystem::copy_options::recursive);
    log_.reset();
    open("killed");
  }
  void open(const char* name) {
    log_ = *log::LocalLog::open({.fs = Fs::posix(),
                                 .clock = Clock::system(),
                                 .dir = dir_ / name,
                                 .journal_bytes = 1 << 20});
  }

  void new_generation() {
    generation_ = log_->allocate_generation();
    log::CommitUnit unit;
    unit.edits = {log::CreateTopic{kTopic},
                  log::BeginGeneration{kTopic, generation_, log_->schema_id(schema_), 1},
                  log::SwitchGeneration{kTopic, generation_}};
    commit(std::move(unit));
  }

  void insert(int id) { insert(id, 1); }
  // In one cut.
  void insert(int first, int count) {
    log::CommitUnit unit;
    unit.appends.push_back({{generation_, PartitionIndex(0)}, {}});
    for (int id = first; id < first + count; ++id) add(id, &unit.appends[0].records);
    commit(std::move(unit));
  }
  void add(int id, log::RecordBuffer* records) {
    Datum row[] = {Datum::of_int(id)};
    std::string key, value, encoded, header, position;
    append_row(schema_.row_type(), row, &encoded);
    append_key_field(TypeId::int32, row[0], &key);
    append_change_value({log_->schema_id(schema_), encoded}, &value);
    append_be<uint64_t>(&position, static_cast<uint64_t>(id));
    ChangeHeader change;
    change.transaction_id = 1;
    change.commit_position = position;
    append_change_header(change, &header);
    records->add(1000, key, value, header);
  }

  // What the consumer is given now; COMMITS: its marks are committed.
  std::vector<std::string> consume(const std::string& name, bool commits) {
    auto from = open_consumer(*log_, name, kTopic);
    if (!from.ok()) FAIL(from.error().message());
    TopicLinesOptions options;
    options.topic = kTopic;
    options.from.cut = from->cut;
    options.generation_before = from->generation;
    options.mark = [&](CutId cut, GenerationId generation) -> Status {
      return commits ? commit_consumer(*log_, name, {kTopic, generation, cut}) : Status();
    };
    std::string text;
    Status done = write_topic_lines(*log_, options, [&](std::string_view lines) -> Status {
      text += lines;
      return {};
    });
    if (!done.ok()) FAIL(done.error().message());
    return ids_of(text);
  }

 private:
  // Each line's id; "truncate" for that event.
  static std::vector<std::string> ids_of(const std::string& text) {
    std::vector<std::string> ids;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
      auto json = nlohmann::json::parse(line);
      ids.push_back(json["op"] == "t" ? "truncate" : json["after"]["id"].dump());
    }
    return ids;
  }
  void commit(log::CommitUnit unit) {
    REQUIRE(*log_->wait_durable(*log_->submit(std::move(unit)), 60s));
  }

  test::TempDir dir_;
  std::unique_ptr<log::LocalLog> log_;
  Schema schema_;
  GenerationId generation_;
};

using Ids = std::vector<std::string>;

TEST_CASE("AConsumerOfATopicThatWasDeletedIsListedAsSuch") {
  std::vector<ConsumerReport> reports = {{"mirror", "clicks", 3, 2, true}, {"other", "x", 3, 2}};
  CHECK_THAT(consumers_text(reports),
             Contains("mirror    clicks (deleted)") && Contains("other     x       "));
  auto back = parse_consumers_json(consumers_json(reports));
  REQUIRE(back.ok());
  CHECK(consumers_text(*back) == consumers_text(reports));

  Orders orders;
  REQUIRE(open_consumer(orders.log(), "mirror", kTopic).ok());
  CHECK_FALSE(consumer_reports(*orders.log().state())[0].topic_is_deleted);
  log::CommitUnit unit;
  unit.edits.push_back(log::DropTopic{kTopic});
  REQUIRE(*orders.log().wait_durable(*orders.log().submit(std::move(unit)), 60s));
  CHECK(consumer_reports(*orders.log().state())[0].topic_is_deleted);
}

// A mark is due once a second. Here it is not yet where B ends, and is in the middle of C.
TEST_CASE("AMarkThatWasNotDueBetweenTwoCutsIsNotMadeUpForInsideTheSecond") {
  Orders orders;
  orders.insert(1);
  constexpr int kRows = 1000;  // more lines than are handed on at once
  constexpr int kBegin[] = {2, 2 + kRows};
  size_t lines = 0;
  std::vector<size_t> marked_behind;
  int rounds = 0;
  bool has_c = false, has_slept = false;
  TopicLinesOptions options;
  options.topic = kTopic;
  options.follow = true;
  options.closing = [&] {  // when nothing more is there
    if (rounds++ == 0) orders.insert(kBegin[0], kRows);
    return rounds > 1;
  };
  options.mark = [&](CutId, GenerationId) -> Status {
    marked_behind.push_back(lines);
    return {};
  };
  Status done = write_topic_lines(orders.log(), options, [&](std::string_view text) -> Status {
    lines += static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
    if (lines > 1 && !std::exchange(has_c, true)) orders.insert(kBegin[1], kRows);
    bool is_in_c = lines > 1 + kRows;
    if (is_in_c && !std::exchange(has_slept, true)) std::this_thread::sleep_for(1100ms);
    return {};
  });
  REQUIRE(done.ok());
  CHECK(has_slept);
  CHECK(lines == 1 + 2 * kRows);
  for (size_t behind : marked_behind) CHECK((behind - 1) % kRows == 0);
}

TEST_CASE("AfterACrashAConsumersFloorIsWhereItStandsAndADroppedOneHoldsNothing") {
  Orders orders;
  for (int id = 1; id <= 3; ++id) orders.insert(id);
  CHECK(orders.consume("mirror", true).size() == 3);
  (void)orders.consume("gone", true);
  REQUIRE(drop_consumer(orders.log(), "gone").ok());
  CutId stands = find_consumer(*orders.log().state(), "mirror")->cut;
  orders.reopen_after_a_kill();
  CHECK(orders.log().reader_floors().contains("consumer.gone"));
  CHECK(orders.log().reader_floors().at("consumer.mirror") < stands);
  settle_consumer_floors(orders.log());
  auto floors = orders.log().reader_floors();
  CHECK(floors.size() == 1);
  CHECK(floors.at("consumer.mirror") == stands);
}

TEST_CASE("AfterACrashOnlyReadersThatSomebodyKeepsHoldTheLogBack") {
  Orders orders;
  orders.insert(1);
  for (const char* reader : {"views.0", "views.1", "rows.shop", "rows.closed"}) {
    orders.log().set_reader_floor(reader, orders.log().state()->cut);
  }
  (void)orders.consume("mirror", true);
  orders.reopen();  // a checkpoint
  for (const char* reader : {"views.0", "rows.closed"}) orders.log().forget_reader(reader);
  orders.reopen_after_a_kill();
  CHECK(orders.log().reader_floors().size() == 5);
  forget_other_readers({"views.1", "rows.shop"}, orders.log());
  std::vector<std::string> left;
  for (const auto& [reader, cut] : orders.log().reader_floors()) left.push_back(reader);
  CHECK(left == std::vector<std::string>{"consumer.mirror", "rows.shop", "views.1"});
}

TEST_CASE("AConsumerIsGivenWhatItHasNotCommittedAlsoAfterARestart") {
  Orders orders;
  orders.insert(1);
  orders.insert(2);
  CHECK(orders.consume("mirror", false) == Ids{"1", "2"});
  CHECK(orders.consume("mirror", true) == Ids{"1", "2"});
  CHECK(orders.consume("mirror", true).empty());
  orders.insert(3);
  orders.reopen();
  CHECK(orders.consume("mirror", true) == Ids{"3"});
  CHECK(orders.consume("other", true) == Ids{"1", "2", "3"});
}

TEST_CASE("AConsumerWhoseGenerationWasReplacedIsToldSoFirst") {
  Orders orders;
  orders.insert(1);
  CHECK(orders.consume("mirror", true) == Ids{"1"});
  orders.new_generation();
  CHECK(orders.consume("mirror", true) == Ids{"truncate"});
  orders.insert(2);
  CHECK(orders.consume("mirror", true) == Ids{"2"});
}

TEST_CASE("AConsumerHoldsBackTheLogUntilItIsDropped") {
  Orders orders;
  orders.insert(1);
  CHECK(orders.consume("mirror", true) == Ids{"1"});
  auto position = find_consumer(*orders.log().state(), "mirror");
  REQUIRE(position);
  CHECK(orders.log().reader_floors().at("consumer.mirror") == position->cut);
  auto reports = consumer_reports(*orders.log().state());
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].topic == kTopic);
  auto parsed = parse_consumers_json(consumers_json(reports));
  REQUIRE(parsed.ok());
  CHECK((*parsed)[0].name == "mirror");
  CHECK_THAT(consumers_text(reports), Contains("mirror    shop.public.orders"));
  REQUIRE(drop_consumer(orders.log(), "mirror").ok());
  CHECK(orders.log().reader_floors().count("consumer.mirror") == 0);
  CHECK(consumer_reports(*orders.log().state()).empty());
  orders.reopen();
  CHECK(consumer_reports(*orders.log().state()).empty());
  CHECK_FALSE(drop_consumer(orders.log(), "mirror").ok());
}

TEST_CASE("ADetachedConsumerIsToldSoUntilItIsReset") {
  Orders orders;
  orders.insert(1);
  CHECK(orders.consume("mirror", true) == Ids{"1"});
  auto position = *find_consumer(*orders.log().state(), "mirror");
  orders.insert(2);
  orders.log().segments().detach_lowest("5 bytes could not be compacted because of it");
  auto refused = open_consumer(orders.log(), "mirror", kTopic);
  REQUIRE_FALSE(refused.ok());
  CHECK_THAT(refused.error().message(), Contains("detached at cut") &&
                                            Contains("5 bytes could not be compacted") &&
                                            Contains("leat consumer reset mirror"));
  Status commit = commit_consumer(orders.log(), "mirror",
                                  {kTopic, position.generation, orders.log().state()->cut});
  CHECK_FALSE(commit.ok());
  orders.reopen();  // the reason is forgotten, the fact is not
  CHECK_FALSE(open_consumer(orders.log(), "mirror", kTopic).ok());
  REQUIRE(reset_consumer(orders.log(), "mirror", CutId(0)).ok());
  CHECK(orders.consume("mirror", true) == Ids{"1", "2"});
}

TEST_CASE("AConsumerCannotBeSetBackToWhereChangesAreNoLongerAllThere") {
  Orders orders;
  orders.insert(1);
  orders.new_generation();
  (void)orders.consume("mirror", true);
  CutId since = orders.log().state()->find(kTopic)->current->since;
  Status refused = reset_consumer(orders.log(), "mirror", CutId(since.value() - 1));
  REQUIRE_FALSE(refused.ok());
  CHECK_THAT(refused.error().message(), Contains("from cut " + std::to_string(since.value())));
  CHECK(reset_consumer(orders.log(), "mirror", since).ok());
}

TEST_CASE("AResetConsumerGoesOnFromWhereItIsTold") {
  Orders orders;
  orders.insert(1);
  CutId cut = orders.log().state()->cut;
  orders.insert(2);
  CHECK(orders.consume("mirror", true) == Ids{"1", "2"});
  REQUIRE(reset_consumer(orders.log(), "mirror", cut).ok());
  CHECK(orders.consume("mirror", true) == Ids{"2"});
  REQUIRE(reset_consumer(orders.log(), "mirror", CutId(0)).ok());
  CHECK(orders.consume("mirror", true) == Ids{"1", "2"});
  CHECK_FALSE(reset_consumer(orders.log(), "mirror", CutId(1000000)).ok());
}

TEST_CASE("AConsumersCommitNeverGoesBackAndNamesMustBeLegalAndOfOneTopic") {
  Orders orders;
  orders.insert(1);
  CHECK(orders.consume("mirror", true) == Ids{"1"});
  auto position = *find_consumer(*orders.log().state(), "mirror");
  REQUIRE(commit_consumer(orders.log(), "mirror", {kTopic, position.generation, CutId(1)}).ok());
  CHECK(find_consumer(*orders.log().state(), "mirror") == position);
  CHECK_FALSE(commit_consumer(orders.log(), "none", position).ok());
  CHECK_FALSE(open_consumer(orders.log(), "a b", kTopic).ok());
  CHECK_FALSE(open_consumer(orders.log(), "x", "none").ok());
}

}  // namespace
}  // namespace leat::cli

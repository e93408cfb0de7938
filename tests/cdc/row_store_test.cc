#include "cdc/row_store.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "log/base/clock.h"
#include "log/base/fs.h"
#include "log/local_log.h"
#include "log/model/change.h"
#include "tests/support/process.h"

namespace leat::cdc {
namespace {

using leat::test::TempDir;

// A log with one table's topic, and the row store over it.
class Fixture {
 public:
  Fixture() {
    auto log = log::LocalLog::open({Fs::posix(), Clock::system(), dir_ / "log"});
    REQUIRE(log.ok());
    log_ = std::move(*log);
    CapturedTable table;
    table.topic = "shop.public.t";
    table.schema.columns = {{"id", {TypeId::int32}}};
    table.schema.key_columns = {0};
    table.schema_id = log_->schema_id(table.schema);
    table.generation = log_->allocate_generation();
    table.partition_count = 1;
    table.needs_row_store = true;
    tables.add(table);
    log::CommitUnit unit;
    unit.edits.push_back(log::CreateTopic{table.topic, log::TopicKind::table});
    unit.edits.push_back(log::BeginGeneration{table.topic, table.generation, table.schema_id, 1});
    unit.edits.push_back(log::SwitchGeneration{table.topic, table.generation});
    submit(std::move(unit));
    open_rows();
  }

  ~Fixture() { rows.reset(); }  // before the store

  // Logs ROW under KEY (a tombstone where there is none) and, unless LOG_ONLY, puts it.
  void change(std::string_view key, std::optional<std::string_view> row, bool log_only = false) {
    const CapturedTable& table = tables[TableIndex(0)];
    log::RecordBuffer records;
    std::string header;
    append_change_header({}, &header);
    std::string value;
    if (row) append_change_value({table.schema_id, *row}, &value);
    records.add(0, key, row ? std::optional<std::string_view>(value) : std::nullopt, header);
    log::CommitUnit unit;
    unit.appends.push_back({{table.generation, PartitionIndex(0)}, std::move(records)});
    submit(std::move(unit));
    if (log_only) return;
    REQUIRE(
        (row ? rows->put(table.generation, key, *row) : rows->erase(table.generation, key)).ok());
  }

  // The rows 0 … COUNT-1 in one transaction: erased where they can be divided by 3.
  void put_many(int count) {
    GenerationId generation = tables[TableIndex(0)].generation;
    REQUIRE(rows->begin_large_transaction(*log_).ok());
    for (int i = 0; i < count; ++i) {
      std::string key = std::to_string(i);
      REQUIRE((i % 3 == 0 ? rows->erase(generation, key) : rows->put(generation, key, "new")).ok());
    }
  }
  void log_many(int count) {
    const CapturedTable& table = tables[TableIndex(0)];
    log::CommitUnit unit;
    unit.appends.push_back({{table.generation, PartitionIndex(0)}, {}});
    std::string header;
    append_change_header({}, &header);
    std::string value;
    append_change_value({table.schema_id, "new"}, &value);
    for (int i = 0; i < count; ++i) {
      auto of_row = i % 3 == 0 ? std::nullopt : std::optional<std::string_view>(value);
      unit.appends[0].records.add(0, std::to_string(i), of_row, header);
    }
    submit(std::move(unit));
  }
  Status catch_up() { return rows->catch_up(*log_, tables); }
  bool overlay_is_on_disk() const { return std::filesystem::exists(dir_ / "overlay"); }

  std::string find(std::string_view key) {
    std::string out = "none";
    std::vector<std::string_view> keys{key};
    auto status = rows->find(tables[TableIndex(0)].generation, keys,
                             [&](size_t, std::string_view row) { out = row; });
    REQUIRE(status.ok());
    return out;
  }

  void flush() {
    REQUIRE(rows->begin_flush(*log_, tables).ok());
    REQUIRE(rows->wait_flush(*log_).ok());
  }

  // As the log knows it.
  CutId floor() const { return log_->reader_floors().at("rows.shop"); }
  CutId cut() const { return log_->state()->cut; }

  // What was not flushed is forgotten, as in a crash; then it recovers.
  void restart() {
    rows.reset();
    store_.reset();
    open_rows();
    REQUIRE(rows->recover(*log_, tables).ok());
  }

  log::LocalLog* log() { return log_.get(); }

  TableSet tables;
  std::unique_ptr<RowStore> rows;

 private:
  void submit(log::CommitUnit unit) {
    auto ticket = log_->submit(std::move(unit));
    REQUIRE(ticket.ok());
    REQUIRE(log_->wait_durable(*ticket, std::chrono::seconds(10)).value());
  }

  void open_rows() {
    store::StoreOptions options;
    options.path = dir_ / "state";
    options.tables = {"rows"};
    auto store = store::Store::open(options);
    REQUIRE(store.ok());
    store_ = std::move(*store);
    RowStoreOptions of_rows;
    of_rows.store = store_.get();
    of_rows.table = store::TableId(0);
    of_rows.reader_name = "rows.shop";
    of_rows.overlay_dir = dir_ / "overlay";
    of_rows.large_bytes_max = 50'000;
    auto opened = RowStore::open(of_rows);
    REQUIRE(opened.ok());
    rows = std::move(*opened);
  }

  TempDir dir_;
  std::unique_ptr<log::LocalLog> log_;
  std::unique_ptr<store::Store> store_;
};

TEST_CASE("RowsAreFoundAsTheyWerePutLast") {
  Fixture f;
  f.change("1", "a");
  f.change("1", "b");
  f.change("2", "c");
  f.change("2", std::nullopt);
  CHECK(f.find("1") == "b");
  CHECK(f.find("2") == "none");
  CHECK(f.find("3") == "none");
}

TEST_CASE("AfterACrashTheLogBringsBackWhatWasNotFlushed") {
  Fixture f;
  f.change("1", "a");
  f.change("2", "b");
  f.flush();
  f.change("2", "b2");
  f.change("3", "c");
  f.change("1", std::nullopt);
  f.restart();
  CHECK(f.find("1") == "none");
  CHECK(f.find("2") == "b2");
  CHECK(f.find("3") == "c");
}

TEST_CASE("WithoutAnyFlushTheWholeTopicIsRead") {
  Fixture f;
  f.change("1", "a");
  f.change("2", "b", true);
  f.restart();
  CHECK(f.find("1") == "a");
  CHECK(f.find("2") == "b");
}

TEST_CASE("ATableThatNeededNoRowsForAWhileIsReadAnew") {
  Fixture f;
  f.change("1", "a");
  f.flush();
  f.tables[TableIndex(0)].needs_row_store = false;
  f.restart();
  f.flush();
  f.change("1", "while nobody kept it", true);
  f.tables[TableIndex(0)].needs_row_store = true;
  f.restart();
  CHECK(f.find("1") == "while nobody kept it");
}

TEST_CASE("ALargeTransactionsRowsThatAreTooManyForMemoryDecideBeforeTheOthers") {
  Fixture f;
  for (const char* key : {"9", "4000", "none of them"}) f.change(key, "old");
  f.put_many(5000);
  CHECK(f.rows->has_overlay());
  CHECK(f.find("1") == "new");
  CHECK(f.find("9") == "none");
  CHECK(f.find("4000") == "new");
  CHECK(f.find("4002") == "none");
  CHECK(f.find("none of them") == "old");
}

TEST_CASE("WhenALargeTransactionIsInTheLogItsRowsComeFromThere") {
  Fixture f;
  for (const char* key : {"9", "4000", "4002", "none of them"}) f.change(key, "old");
  f.flush();
  f.put_many(5000);
  f.log_many(5000);
  REQUIRE(f.catch_up().ok());
  CHECK_FALSE(f.rows->has_overlay());
  CHECK_FALSE(f.overlay_is_on_disk());
  for (int round = 0; round < 2; ++round) {
    CHECK(f.find("4000") == "new");
    CHECK(f.find("4002") == "none");
    CHECK(f.find("none of them") == "old");
    f.flush();
    f.restart();
  }
}

TEST_CASE("ALargeTransactionThatIsNotInTheLogLeavesNothingBehindAfterACrash") {
  Fixture f;
  f.change("4000", "old");
  f.put_many(5000);
  CHECK(f.overlay_is_on_disk());
  f.restart();
  CHECK(f.find("4000") == "old");
  CHECK(f.find("1") == "none");
  CHECK_FALSE(f.overlay_is_on_disk());
}

TEST_CASE("TheFloorIsTheCutOfTheLastFlushOnDiskAndNeverFallsBack") {
  Fixture f;
  f.change("1", "a");
  f.flush();
  CHECK(f.floor() == f.cut());
  CutId flushed = f.cut();
  f.change("1", "b");
  REQUIRE(f.rows->begin_flush(*f.log(), f.tables).ok());  // not on disk yet, perhaps
  CHECK(f.floor() >= flushed);
  f.restart();
  CHECK(f.floor() >= flushed);
  f.change("1", "c");
  REQUIRE(f.rows->begin_flush(*f.log(), f.tables).ok());  // the first of this process
  CHECK(f.floor() >= flushed);
  REQUIRE(f.rows->wait_flush(*f.log()).ok());
  CHECK(f.floor() == f.cut());
}

TEST_CASE("RowsOfAGenerationThatIsGoneAreForgotten") {
  Fixture f;
  f.change("1", "a");
  f.flush();
  GenerationId old = f.tables[TableIndex(0)].generation;
  f.tables[TableIndex(0)].generation = old.plus(1000);
  f.flush();
  f.tables[TableIndex(0)].generation = old;
  CHECK(f.find("1") == "none");
}

}  // namespace
}  // namespace leat::cdc

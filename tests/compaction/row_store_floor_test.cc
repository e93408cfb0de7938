// A source's row store and the room that is kept for compaction: what the store would still have to
// read does not keep a log from being compacted that has no room for what the source waits with.
#include <catch2/catch.hpp>
#include <thread>

#include "cdc/row_store.h"
#include "compaction/cleaner.h"
#include "tests/compaction/compaction_fixture.h"
#include "tests/support/process.h"

using namespace leat;
using namespace leat::compaction;
using namespace leat::log;
using namespace std::chrono_literals;
using compaction::test::TableLog;

namespace {

constexpr uint64_t kRoom = 100'000;

std::string value_of(std::string_view row) {
  std::string bytes;
  append_change_value({SchemaId(1), row}, &bytes);
  return bytes;
}

// A table whose source needs a row store. What is put goes to the log and to the store.
struct Source {
  Source() {
    log.kept_room_bytes = kRoom;
    log.reopen();
    cdc::CapturedTable captured;
    captured.topic = TableLog::kTopic;
    captured.generation = log.generation;
    captured.partition_count = 1;
    captured.needs_row_store = true;
    tables.add(captured);
    store::StoreOptions options;
    options.path = dir / "state";
    options.tables = {"rows"};
    store = *store::Store::open(options);
    open_rows();
  }
  ~Source() { rows.reset(); }

  void open_rows() {
    rows.reset();
    cdc::RowStoreOptions options;
    options.store = store.get();
    options.reader_name = "rows.shop";
    rows = *cdc::RowStore::open(options);
    REQUIRE(rows->recover(*log.log, tables).ok());
  }
  // What was not flushed is forgotten, as in a crash.
  void restart() {
    rows.reset();
    store.reset();
    store::StoreOptions options;
    options.path = dir / "state";
    options.tables = {"rows"};
    store = *store::Store::open(options);
    open_rows();
  }
  void flush() {
    REQUIRE(rows->begin_flush(*log.log, tables).ok());
    REQUIRE(rows->wait_flush(*log.log).ok());
  }
  CutId floor() const { return log.log->reader_floors().at("rows.shop"); }

  void put(const std::string& key, const std::string& row) {
    log.put(key, value_of(row));
    REQUIRE(rows->put(log.generation, key, row).ok());
  }
  void put_many(int count) {
    for (int i = 0; i < count; ++i) {
      put("key" + std::to_string(i % 20), "row " + std::to_string(i) + std::string(100, 'x'));
    }
  }
  // A change that does not become durable: there is no room for it.
  Ticket put_without_room(const std::string& key, const std::string& row) {
    log.roll();
    log.fs.set_disk_bytes(log.disk->bytes() + kRoom / 2);
    CommitUnit unit;
    unit.appends.push_back({log.partition(), {}});
    unit.appends[0].records.add(log.clock.now_ms, key, value_of(row),
                                compaction::test::header_with({}));
    REQUIRE(rows->put(log.generation, key, row).ok());
    Ticket ticket = *log.log->submit(std::move(unit));
    while (log.log->health().paused_reason.empty()) std::this_thread::sleep_for(1ms);
    return ticket;
  }
  std::string find(std::string_view key) {
    std::string out = "none";
    std::vector<std::string_view> keys{key};
    auto found = [&](size_t, std::string_view row) { out = row; };
    REQUIRE(rows->find(log.generation, keys, found).ok());
    return out;
  }

  leat::test::TempDir dir;
  TableLog log;
  cdc::TableSet tables;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<cdc::RowStore> rows;
};

}  // namespace

TEST_CASE("ALogThatWaitsForRoomIsCompactedPastTheRowStoreAndGoesOnByItself") {
  Source source;
  source.flush();
  source.put_many(1500);
  // The source's thread would flush only once this is durable.
  Ticket ticket = source.put_without_room("last", "row");
  CleanerOptions often;
  often.interval = 10ms;
  Cleaner cleaner(source.log.log->segments(), often);
  cleaner.start();
  CHECK(*source.log.log->wait_durable(ticket, 60s));
  cleaner.stop();
  CHECK(source.find("last") == "row");
  CHECK(cleaner.totals().compactions > 0);
  CutId cut = source.log.log->state()->cut;
  CHECK(cut > source.floor());
  source.flush();
  CHECK(source.floor() >= cut);
}

TEST_CASE("ARowStoreThatCompactionHasPassedIsReadAnewAfterACrash") {
  Source source;
  source.put("gone", "once");
  source.put("kept", "old");
  source.flush();
  source.log.put("gone", std::nullopt);
  REQUIRE(source.rows->erase(source.log.generation, "gone").ok());
  source.put("kept", "new");
  source.put_many(200);
  CutId flushed = source.floor();
  (void)source.put_without_room("last", "row");
  CompactionOptions options;
  options.tombstone_retention_ms = 0;
  for (int i = 0; i < 2; ++i) {  // the second leaves the tombstone out
    source.log.compact(options);
    source.log.clock.now_ms += 10;
  }
  CHECK(source.log.log->state()->find(TableLog::kTopic)->current->since > flushed);
  source.log.fs.set_disk_bytes(uint64_t{1} << 40);
  source.restart();
  CHECK(source.find("gone") == "none");
  CHECK(source.find("kept") == "new");
  CHECK(source.find("key7").starts_with("row 187x"));
}

TEST_CASE("WhileThereIsRoomTheRowStoresFloorHoldsBackCompaction") {
  Source source;
  source.flush();
  source.put_many(300);
  source.log.roll();
  Cleaner cleaner(source.log.log->segments(), {});
  cleaner.run_once();
  CHECK(cleaner.totals().compactions == 0);
  CHECK(cleaner.totals().held_back_bytes > 0);
  source.flush();
  cleaner.run_once();
  CHECK(cleaner.totals().compactions == 1);
}

TEST_CASE("ARowStoreWithoutTablesHoldsNothingBack") {
  Source source;
  source.tables[cdc::TableIndex(0)].needs_row_store = false;
  source.open_rows();
  CHECK(source.floor() == kNeedsNothing);
  source.flush();
  CHECK(source.floor() == kNeedsNothing);
}

// The room on a disk that is kept for compaction: appends wait there, compaction makes more.
#include <catch2/catch.hpp>
#include <thread>

#include "compaction/cleaner.h"
#include "tests/compaction/compaction_fixture.h"

using namespace leat;
using namespace leat::compaction;
using namespace leat::log;
using namespace std::chrono_literals;
using compaction::test::Random;
using compaction::test::TableLog;

namespace {

constexpr uint64_t kRoom = 100'000;

// A log whose disk has half the room free that is to be kept, and much to compact.
struct ShortOfRoom {
  ShortOfRoom() {
    table.kept_room_bytes = kRoom;
    table.reopen();
    Random random(leat::test::seed());
    table.put_random(random, 3000, 20);
    table.roll();
    table.fs.set_disk_bytes(table.disk->bytes() + kRoom / 2);
  }

  CommitUnit unit(const std::string& key) const {
    CommitUnit one;
    one.appends.push_back({table.partition(), {}});
    one.appends[0].records.add(table.clock.now_ms, key, "value", compaction::test::header_with({}));
    return one;
  }
  Ticket submit(const std::string& key) { return *table.log->submit(unit(key)); }
  void wait_until_paused() {
    while (table.log->health().paused_reason.empty()) std::this_thread::sleep_for(1ms);
  }

  TableLog table;
};

}  // namespace

TEST_CASE("AppendsWaitVisiblyAtTheRoomThatIsKeptForCompaction") {
  ShortOfRoom s;
  Ticket ticket = s.submit("a");
  s.wait_until_paused();
  CHECK_THAT(s.table.log->health().paused_reason, Catch::Contains("98 KB are kept for compaction"));
  CHECK(s.table.log->durable() < ticket);
  s.table.fs.set_disk_bytes(uint64_t{1} << 40);
  CHECK(*s.table.log->wait_durable(ticket, 60s));
  CHECK(s.table.log->health().paused_reason.empty());
}

TEST_CASE("CompactionMakesRoomForTheAppendsThatWait") {
  ShortOfRoom s;
  auto before = s.table.entries();
  Ticket ticket = s.submit("a");
  s.wait_until_paused();
  s.table.compact();
  CHECK(*s.table.log->wait_durable(ticket, 60s));
  CHECK(s.table.entries().size() < before.size());
  auto rows = s.table.expected(s.table.state().cleaned_horizon, [](const auto&) { return false; });
  CHECK(s.table.entries().size() == rows.size() + 1);
}

TEST_CASE("WhereAppendsWaitForRoomWhateverIsDirtyIsCompactedAlsoWhatIsStillAppendedTo") {
  TableLog table;
  table.kept_room_bytes = kRoom;
  table.reopen();
  for (int i = 0; i < 100; ++i) table.put("key" + std::to_string(i), std::string(200, 'x'));
  table.roll();
  table.compact();
  table.put("key1", "y");  // far from half of the partition, and in an open segment
  CleanerOptions options;
  options.bytes_per_second = 0;
  Cleaner cleaner(table.log->segments(), options);
  cleaner.run_once();
  CHECK(cleaner.totals().compactions == 0);
  table.fs.set_disk_bytes(table.disk->bytes() + kRoom / 2);
  cleaner.run_once();
  CHECK(cleaner.totals().compactions == 1);
  CHECK(table.entries().size() == 100);
}

TEST_CASE("AUnitWithoutRecordsIsNotHeldUpWhereRoomIsShort") {
  ShortOfRoom s;
  CommitUnit drop;
  drop.edits.push_back(DropTopic{TableLog::kTopic});
  s.table.log->set_reader_floor("view", s.table.log->state()->cut);
  CHECK(*s.table.log->wait_durable(*s.table.log->submit(std::move(drop)), 60s));
}

TEST_CASE("ClosingWhereRoomIsShortCommitsWhatWaits") {
  ShortOfRoom s;
  (void)s.submit("a");
  s.wait_until_paused();
  CHECK(s.table.log->close().ok());
  size_t entries = s.table.history.size() + 1;
  s.table.reopen();
  CHECK(s.table.entries().size() == entries);
}

// The batches of a unit in parts have the next cut's number already, so no other cut can be made.
TEST_CASE("CompactionGivesUpWhereAUnitInPartsWaitsForRoom") {
  ShortOfRoom s;
  s.table.fs.set_disk_bytes(uint64_t{1} << 40);
  uint64_t bytes = s.table.disk->bytes();
  auto unit = *s.table.log->open_unit();
  REQUIRE(unit->add(s.unit("a")).ok());
  while (s.table.disk->bytes() == bytes) std::this_thread::sleep_for(1ms);  // until it is written
  s.table.fs.set_disk_bytes(s.table.disk->bytes() + kRoom / 2);
  REQUIRE(unit->add(s.unit("b")).ok());
  s.wait_until_paused();
  auto done = s.table.try_compact();
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().is_transient());
  CHECK_THAT(done.error().message(), Catch::Contains("the log is paused"));
  s.table.fs.set_disk_bytes(uint64_t{1} << 40);
  CHECK(*s.table.log->wait_durable(*unit->commit(s.unit("c")), 60s));
}

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
  static CommitUnit position(const std::string& reader, const std::string& where) {
    CommitUnit one;
    one.position = SourcePosition{reader, where};
    one.may_pass = true;
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

TEST_CASE("AppendsThatBeginToWaitForRoomWakeTheCleaner") {
  TableLog table;
  table.kept_room_bytes = kRoom;
  table.reopen();
  for (int i = 0; i < 100; ++i) table.put("key" + std::to_string(i), std::string(200, 'x'));
  table.roll();
  table.compact();
  table.put("key1", "y");  // not due
  CleanerOptions options;
  options.interval = std::chrono::hours(1);
  Cleaner cleaner(table.log->segments(), options);
  cleaner.start();
  std::this_thread::sleep_for(1s);  // asleep: there was nothing to do
  CHECK(cleaner.totals().compactions == 0);
  table.fs.set_disk_bytes(table.disk->bytes() + kRoom / 2);
  while (cleaner.totals().compactions == 0) std::this_thread::sleep_for(1ms);
  cleaner.stop();
  CHECK(table.entries().size() == 100);
}

TEST_CASE("AUnitWithoutRecordsIsNotHeldUpWhereRoomIsShort") {
  ShortOfRoom s;
  CommitUnit drop;
  drop.edits.push_back(DropTopic{TableLog::kTopic});
  s.table.log->set_reader_floor("view", s.table.log->state()->cut);
  CHECK(*s.table.log->wait_durable(*s.table.log->submit(std::move(drop)), 60s));
}

TEST_CASE("WhatMayPassIsCommittedBeforeTheUnitsThatWaitForRoomInItsOwnOrder") {
  ShortOfRoom s;
  Ticket waits = s.submit("a");
  s.wait_until_paused();
  Ticket first = *s.table.log->submit(s.position("consumer/c", "1"));
  Ticket second = *s.table.log->submit(s.position("consumer/c", "2"));
  CHECK(*s.table.log->wait_durable(second, 60s));
  CHECK(*s.table.log->wait_durable(first, 0s));
  CHECK(s.table.log->state()->source_positions.at("consumer/c") == "2");
  CHECK_FALSE(*s.table.log->wait_durable(waits, 0s));
  CHECK(s.table.log->durable() < waits);
  s.table.fs.set_disk_bytes(uint64_t{1} << 40);
  CHECK(*s.table.log->wait_durable(waits, 60s));
  CHECK(s.table.log->state()->source_positions.at("consumer/c") == "2");
}

TEST_CASE("ASourcesOwnPositionStaysBehindItsUnitThatWaitsForRoom") {
  ShortOfRoom s;
  (void)s.submit("a");
  s.wait_until_paused();
  CommitUnit later = s.position("shop", "9");
  later.may_pass = false;
  Ticket ticket = *s.table.log->submit(std::move(later));
  CHECK(*s.table.log->wait_durable(*s.table.log->submit(s.position("consumer/c", "1")), 60s));
  CHECK_FALSE(*s.table.log->wait_durable(ticket, 0s));
  CHECK(s.table.log->state()->source_positions.count("shop") == 0);
}

TEST_CASE("ATopicThatIsDroppedWhileUnitsWaitForRoomMakesIt") {
  ShortOfRoom s;
  s.table.log->set_reader_floor("view", kNeedsNothing);
  Ticket waits = s.submit("a");
  s.wait_until_paused();
  CommitUnit drop;
  drop.edits.push_back(DropTopic{TableLog::kTopic});
  drop.may_pass = true;
  CHECK(*s.table.log->wait_durable(*s.table.log->submit(std::move(drop)), 60s));
  CHECK(s.table.log->state()->find(TableLog::kTopic) == nullptr);
  CHECK(*s.table.log->wait_durable(waits, 60s));  // for there is room
  CHECK(s.table.disk->bytes() < 1'000'000);
  CHECK(s.table.log->close().ok());
  s.table.reopen();
  CHECK(s.table.entries().empty());  // of the topic that the fixture makes anew
}

TEST_CASE("ATopicThatAWaitingUnitEditsIsDroppedAfterIt") {
  ShortOfRoom s;
  GenerationId fresh = s.table.log->allocate_generation();
  CommitUnit unit = s.unit("a");
  unit.edits = {BeginGeneration{TableLog::kTopic, fresh, SchemaId(1), 1}};
  Ticket waits = *s.table.log->submit(std::move(unit));
  s.wait_until_paused();
  CommitUnit drop;
  drop.edits.push_back(DropTopic{TableLog::kTopic});
  drop.may_pass = true;
  Ticket dropped = *s.table.log->submit(std::move(drop));
  CHECK(*s.table.log->wait_durable(*s.table.log->submit(s.position("consumer/c", "1")), 60s));
  CHECK_FALSE(*s.table.log->wait_durable(dropped, 0s));
  s.table.fs.set_disk_bytes(uint64_t{1} << 40);
  CHECK(*s.table.log->wait_durable(dropped, 60s));
  CHECK(*s.table.log->wait_durable(waits, 0s));
  CHECK(s.table.log->state()->find(TableLog::kTopic) == nullptr);
}

TEST_CASE("AGenerationThatItsReadersHavePassedMakesRoomForWhatWaits") {
  ShortOfRoom s;
  s.table.log->set_reader_floor("view", CutId(1));
  s.table.fs.set_disk_bytes(uint64_t{1} << 40);
  s.table.make_topic_again();
  s.table.fs.set_disk_bytes(s.table.disk->bytes() + kRoom / 2);
  Ticket waits = s.submit("a");
  s.wait_until_paused();
  s.table.log->set_reader_floor("view", s.table.log->state()->cut);
  CHECK(*s.table.log->wait_durable(waits, 60s));
}

TEST_CASE("GenerationIdsAreReservedWhileUnitsWaitForRoom") {
  ShortOfRoom s;
  (void)s.submit("a");
  s.wait_until_paused();
  GenerationId last;
  for (int i = 0; i < 1000; ++i) last = s.table.log->allocate_generation();
  CHECK(last < GenerationId(UINT64_MAX));
}

TEST_CASE("ClosingWhereRoomIsShortDiscardsWhatWaits") {
  ShortOfRoom s;
  (void)s.submit("a");
  s.wait_until_paused();
  CHECK(s.table.log->close().ok());
  size_t entries = s.table.history.size();
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
  s.table.fs.set_disk_bytes(s.table.disk->bytes() + kRoom / 8);
  REQUIRE(unit->add(s.unit("b")).ok());
  s.wait_until_paused();
  auto done = s.table.try_compact();
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().is_transient());
  CHECK_THAT(done.error().message(), Catch::Contains("the log is paused"));
  s.table.fs.set_disk_bytes(uint64_t{1} << 40);
  CHECK(*s.table.log->wait_durable(*unit->commit(s.unit("c")), 60s));
}

TEST_CASE("AUnitInPartsThatHasBegunTakesOfTheKeptRoom") {
  ShortOfRoom s;
  s.table.fs.set_disk_bytes(uint64_t{1} << 40);
  uint64_t bytes = s.table.disk->bytes();
  auto unit = *s.table.log->open_unit();
  REQUIRE(unit->add(s.unit("a")).ok());
  while (s.table.disk->bytes() == bytes) std::this_thread::sleep_for(1ms);  // until it is written
  s.table.fs.set_disk_bytes(s.table.disk->bytes() + kRoom / 2);
  CHECK(*s.table.log->wait_durable(*unit->commit(s.unit("b")), 60s));
}

// Whoever ends a writer joins its thread, which waits for the committer, which waits for room.
TEST_CASE("WritersAreLetGoWhereNobodyWaitsForRoomAnyMore") {
  ShortOfRoom s;
  size_t entries = s.table.history.size();
  auto whole = *s.table.log->open_unit();
  Ticket in_parts = *whole->commit(s.unit("whole"));
  s.wait_until_paused();
  Status added;
  std::thread source([&] {
    auto next = s.table.log->open_unit();  // behind the one that waits for room
    if (!next.ok()) added = next.error();
    while (added.ok()) added = (*next)->add(s.unit("not whole"));
  });
  s.table.log->give_up_waiting();
  source.join();
  REQUIRE_FALSE(added.ok());
  CHECK_THAT(added.error().message(), Catch::Contains("are kept for compaction"));
  CHECK_FALSE(s.table.log->wait_durable(in_parts, 60s).ok());
  CHECK(s.table.log->close().ok());
  s.table.reopen();
  CHECK(s.table.entries().size() == entries);
}

TEST_CASE("AClosingLogRefusesWhatWaitsForRoomAndLeavesTheKeptRoom") {
  ShortOfRoom s;
  size_t entries = s.table.history.size();
  for (int restart = 0; restart < 5; ++restart) {
    uint64_t bytes = s.table.disk->bytes();
    Ticket waiting = s.submit("a");
    s.wait_until_paused();
    Ticket behind = s.submit("b");
    s.table.log->give_up_waiting();
    for (Ticket ticket : {waiting, behind}) {
      auto durable = s.table.log->wait_durable(ticket, 60s);
      REQUIRE_FALSE(durable.ok());
      CHECK(durable.error().is_transient());
    }
    s.table.fs.set_disk_bytes(uint64_t{1} << 40);  // too late: it would be a gap
    CHECK_FALSE(s.table.log->submit(s.unit("c")).ok());
    CHECK_FALSE(s.table.log->open_unit().ok());
    s.table.fs.set_disk_bytes(bytes + kRoom / 2);
    Ticket passing = *s.table.log->submit(ShortOfRoom::position("me", "there"));
    CHECK(*s.table.log->wait_durable(passing, 60s));
    CHECK(s.table.log->durable() < waiting);
    CHECK(s.table.log->close().ok());
    s.table.reopen();
    CHECK(s.table.entries().size() == entries);
    CHECK(s.table.disk->bytes() < bytes + kRoom / 20);
    CHECK(s.table.log->state()->source_positions.at("me") == "there");
  }
}

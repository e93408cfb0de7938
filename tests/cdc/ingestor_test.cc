#include "cdc/ingestor.h"

#include <catch2/catch.hpp>
#include <set>

#include "log/base/hash.h"
#include "tests/cdc/ingestor_fixture.h"

namespace leat::cdc {
namespace {

using test::FakeLog;
using Fixture = test::IngestorFixture;
using test::kA;
using test::kB;
using test::StoredRecord;

TEST_CASE("ATransactionAndItsPositionAreOneUnit") {
  Fixture f;
  f.add(ChangeKind::insert, kA, "k", "row");
  f.add(ChangeKind::update, kA, "k", "row 2");
  f.commit("p1");
  auto records = f.submitted(1);
  REQUIRE(records.size() == 2);
  CHECK(f.log.units.back().position->source == "shop");
  CHECK(f.log.units.back().position->position == "p1");

  auto header = decode_change_header(records[1].header);
  REQUIRE(header.ok());
  CHECK(header->transaction_id == 33);
  CHECK(header->commit_time_us == 5'000'000);
  CHECK(header->index == 1);
  CHECK(header->commit_position == "p1");
  REQUIRE(header->before.has_value());
  CHECK(header->before->row == "row");
  auto after = decode_change_value(*records[1].value);
  REQUIRE(after.ok());
  CHECK(after->schema == SchemaId(7));
  CHECK(after->row == "row 2");
}

TEST_CASE("ADeleteIsATombstoneWithTheRowBefore") {
  Fixture f;
  f.add(ChangeKind::insert, kA, "k", "row");
  f.add(ChangeKind::remove, kA, "k");
  f.commit("p1");
  auto records = f.submitted(1);
  REQUIRE(records.size() == 2);
  CHECK_FALSE(records[1].value.has_value());
  CHECK(decode_change_header(records[1].header)->before->row == "row");
}

TEST_CASE("RecordsGoToThePartitionOfTheirKey") {
  Fixture f;
  for (int i = 0; i < 20; ++i) f.add(ChangeKind::insert, kA, "key" + std::to_string(i), "row");
  f.commit("p1");
  REQUIRE(f.ingestor.submit().ok());
  size_t count = 0;
  for (const auto& append : f.log.units.back().appends) {
    append.records.for_each([&](const log::RecordView& record) {
      ++count;
      CHECK(kafka_partition_of(record.key, 4) == append.partition.index.value());
    });
  }
  CHECK(count == 20);
}

TEST_CASE("SeveralTransactionsMayShareAUnitWhosePositionIsTheLast") {
  Fixture f;
  f.add(ChangeKind::insert, kA, "1", "row");
  f.commit("p1");
  f.add(ChangeKind::insert, kB, "2", "row");
  f.commit("p2");
  CHECK(f.submitted(1).size() == 1);
  CHECK(FakeLog::records(f.log.units.back(), GenerationId(2)).size() == 1);
  CHECK(f.log.units.size() == 1);
  CHECK(f.log.units.back().position->position == "p2");
  CHECK(f.ingestor.transactions_total() == 2);
}

TEST_CASE("NothingIsSubmittedWhereNothingIsOpen") {
  Fixture f;
  REQUIRE(f.ingestor.submit().ok());
  CHECK(f.log.units.empty());
}

TEST_CASE("ATruncateBeginsANewGenerationThatOnlyLaterRowsAreIn") {
  Fixture f;
  f.add(ChangeKind::insert, kA, "earlier transaction", "row");
  f.commit("p1");
  f.add(ChangeKind::insert, kA, "before", "row");
  f.add(ChangeKind::truncate, kA, "");
  f.add(ChangeKind::insert, kA, "after", "row");
  f.commit("p2");
  // The transaction before it went ahead in a unit of its own.
  REQUIRE(f.log.units.size() == 1);
  CHECK(FakeLog::records(f.log.units[0], GenerationId(1)).size() == 1);

  GenerationId fresh = f.tables[kA].generation;
  CHECK(fresh != GenerationId(1));
  auto records = f.submitted(fresh.value());
  REQUIRE(records.size() == 1);
  CHECK(records[0].key == "after");
  CHECK(FakeLog::records(f.log.units.back(), GenerationId(1)).empty());
  REQUIRE(f.log.units.back().edits.size() == 2);
  CHECK(std::get<log::BeginGeneration>(f.log.units.back().edits[0]).generation == fresh);
  CHECK(std::get<log::SwitchGeneration>(f.log.units.back().edits[1]).generation == fresh);
}

TEST_CASE("OfTwoTruncatesInATransactionTheLastCounts") {
  Fixture f;
  f.add(ChangeKind::truncate, kA, "");
  f.add(ChangeKind::insert, kA, "between", "row");
  f.add(ChangeKind::truncate, kA, "");
  f.add(ChangeKind::insert, kA, "after", "row");
  f.commit("p1");
  auto records = f.submitted(f.tables[kA].generation.value());
  REQUIRE(records.size() == 1);
  CHECK(records[0].key == "after");
  CHECK(f.log.units.back().edits.size() == 2);
  CHECK(f.log.units.back().appends.size() == 1);
}

TEST_CASE("ATableThatStopsAfterATruncateKeepsItsOldGeneration") {
  Fixture f;
  f.add(ChangeKind::truncate, kA, "");
  f.add(ChangeKind::update, kA, "unknown", "row");
  f.commit("p1");
  CHECK(f.tables[kA].generation == GenerationId(1));
  REQUIRE(f.ingestor.submit().ok());
  REQUIRE(f.log.units.back().edits.size() == 1);
  CHECK(std::holds_alternative<log::StopTopic>(f.log.units.back().edits[0]));
  CHECK(f.log.units.back().appends.empty());
}

TEST_CASE("APositionIsDurableOnlyWhenItsUnitIs") {
  Fixture f;
  f.log.durable_at_once = false;
  f.add(ChangeKind::insert, kA, "1", "row");
  f.commit("p1");
  REQUIRE(f.ingestor.submit().ok());
  f.add(ChangeKind::insert, kA, "2", "row");
  f.commit("p2");
  REQUIRE(f.ingestor.submit().ok());
  CHECK(f.ingestor.durable_position().empty());
  CHECK_FALSE(f.ingestor.idle());
  CHECK(f.ingestor.oldest_commit_time_us() == 5'000'000);
  f.log.durable_ticket = log::Ticket(1);
  CHECK(f.ingestor.durable_position() == "p1");
  f.log.durable_ticket = log::Ticket(2);
  CHECK(f.ingestor.durable_position() == "p2");
  CHECK(f.ingestor.idle());
  CHECK(f.ingestor.oldest_commit_time_us() == 0);
}

TEST_CASE("APositionWithoutChangesIsAUnitOfItsOwn") {
  Fixture f;
  f.ingestor.advance("p9");
  CHECK_FALSE(f.ingestor.idle());
  REQUIRE(f.ingestor.submit().ok());
  REQUIRE(f.log.units.size() == 1);
  CHECK(f.log.units[0].appends.empty());
  CHECK(f.log.units[0].position->position == "p9");
  CHECK(f.ingestor.durable_position() == "p9");
}

// --- Large transactions -------------------------------------------------------------------------

// More records than fit two parts.
void add_many(Fixture* f, TableIndex table, const std::string& prefix) {
  std::string row(10'000, 'r');
  for (int i = 0; i < 2000; ++i) f->add(ChangeKind::insert, table, prefix + std::to_string(i), row);
}

TEST_CASE("ALargeTransactionIsOneUnitInPartsOfBoundedSize") {
  Fixture f;
  add_many(&f, kA, "k");
  f.commit("p1");
  REQUIRE(f.log.units.size() == 1);  // submitted at once: other writers wait for it
  CHECK(f.log.part_bytes.size() == 3);
  for (size_t bytes : f.log.part_bytes) CHECK(bytes < Ingestor::kPartBytes * 5 / 4);
  auto records = FakeLog::records(f.log.units[0], GenerationId(1));
  REQUIRE(records.size() == 2000);
  CHECK(f.log.units[0].position->position == "p1");
  CHECK_FALSE(f.ingestor.has_open_unit());
  CHECK(f.ingestor.durable_position() == "p1");
  std::set<uint64_t> indexes;
  for (const StoredRecord& record : records) {
    indexes.insert(decode_change_header(record.header)->index);
  }
  CHECK(indexes.size() == 2000);
}

TEST_CASE("WhatIsOpenGoesAheadOfALargeTransactionInAUnitOfItsOwn") {
  Fixture f;
  f.add(ChangeKind::insert, kA, "earlier", "row");
  f.add(ChangeKind::insert, kB, "earlier", "row");
  f.commit("p1");
  add_many(&f, kA, "k");
  f.commit("p2");
  REQUIRE(f.log.units.size() == 2);
  CHECK(f.log.units[0].position->position == "p1");
  CHECK(FakeLog::records(f.log.units[0], GenerationId(1)).size() == 1);
  CHECK(FakeLog::records(f.log.units[0], GenerationId(2)).size() == 1);
  CHECK(f.log.units[1].position->position == "p2");
  CHECK(FakeLog::records(f.log.units[1], GenerationId(1)).size() == 2000);
  CHECK(FakeLog::records(f.log.units[1], GenerationId(2)).empty());
}

TEST_CASE("ATableThatStopsInALargeTransactionLeavesNothingOfItsParts") {
  Fixture f;
  f.add(ChangeKind::insert, kA, "earlier", "row");
  f.commit("p1");
  add_many(&f, kA, "gone");
  add_many(&f, kB, "stays");
  f.add(ChangeKind::update, kA, "unknown", "row");
  f.commit("p2");
  REQUIRE(f.log.units.size() == 2);
  CHECK(FakeLog::records(f.log.units[0], GenerationId(1)).size() == 1);
  CHECK(FakeLog::records(f.log.units[1], GenerationId(1)).empty());
  CHECK(FakeLog::records(f.log.units[1], GenerationId(2)).size() == 2000);
  REQUIRE(f.log.units[1].edits.size() == 1);
  CHECK(std::holds_alternative<log::StopTopic>(f.log.units[1].edits[0]));
}

TEST_CASE("ATruncateInALargeTransactionVoidsWhatPartsHoldBeforeIt") {
  Fixture f;
  add_many(&f, kA, "before");
  f.add(ChangeKind::truncate, kA, "");
  add_many(&f, kA, "between");
  f.add(ChangeKind::truncate, kA, "");
  add_many(&f, kA, "after");
  f.commit("p1");
  REQUIRE(f.log.units.size() == 1);
  const log::CommitUnit& unit = f.log.units[0];
  GenerationId last = f.tables[kA].generation;
  CHECK(FakeLog::records(unit, GenerationId(1)).empty());
  auto records = FakeLog::records(unit, last);
  REQUIRE(records.size() == 2000);
  CHECK(records[0].key.starts_with("after"));
  size_t of_all = 0;
  for (const log::PartitionAppend& append : unit.appends) of_all += append.records.count();
  CHECK(of_all == 2000);
  size_t switches = 0;
  for (const log::TopicEdit& edit : unit.edits) {
    const auto* to = std::get_if<log::SwitchGeneration>(&edit);
    switches += to != nullptr;
    if (to != nullptr) CHECK(to->generation == last);
  }
  CHECK(switches == 1);
}

TEST_CASE("ATableThatStopsAfterATruncateInALargeTransactionKeepsItsOldGeneration") {
  Fixture f;
  f.add(ChangeKind::truncate, kA, "");
  add_many(&f, kA, "gone");
  f.add(ChangeKind::update, kA, "unknown", "row");
  f.commit("p1");
  CHECK(f.tables[kA].generation == GenerationId(1));
  REQUIRE(f.log.units.size() == 1);
  CHECK(f.log.units[0].appends.empty());
  for (const log::TopicEdit& edit : f.log.units[0].edits) {
    CHECK_FALSE(std::holds_alternative<log::SwitchGeneration>(edit));
  }
}

TEST_CASE("ALargeTransactionThatTheLogRefusesIsAbandonedAtOnce") {
  Fixture f;
  f.log.refuse_parts = Error::permanent("the log is closed");
  add_many(&f, kA, "gone");
  CHECK_FALSE(f.try_commit("p1").ok());
  CHECK(f.log.abandoned == 1);
  CHECK(f.log.units.empty());
}

}  // namespace
}  // namespace leat::cdc

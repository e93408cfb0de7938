// Transactions that are ingested in pieces before their end is here.

#include <catch2/catch.hpp>
#include <set>

#include "tests/cdc/ingestor_fixture.h"

namespace leat::cdc {
namespace {

using test::FakeLog;
using test::kA;
using test::kB;

struct Fixture : test::IngestorFixture {
  Fixture() {
    for (CapturedTable& table : tables) table.needs_row_store = false;
  }
  size_t count(size_t unit, uint64_t generation) const {
    return FakeLog::records(log.units.at(unit), GenerationId(generation)).size();
  }
};

TEST_CASE("PiecesAndTheRestAreOneUnitBehindWhatWasOpen") {
  Fixture f;
  f.add(ChangeKind::insert, kA, "earlier", "row");
  f.commit("p1");
  f.add(ChangeKind::insert, kA, "one", "row");
  f.piece("p2");
  f.add(ChangeKind::insert, kB, "two", "row");
  f.piece("p2");
  CHECK(f.log.units.size() == 1);
  REQUIRE(f.ingestor.submit().ok());
  CHECK(f.log.units.size() == 1);
  CHECK_FALSE(f.ingestor.has_open_unit());
  CHECK_FALSE(f.ingestor.idle());
  f.add(ChangeKind::insert, kA, "three", "row");
  f.commit("p2");
  REQUIRE(f.log.units.size() == 2);
  CHECK(f.count(0, 1) == 1);
  CHECK(f.count(1, 1) == 2);
  CHECK(f.count(1, 2) == 1);
  CHECK(f.log.units[1].position->position == "p2");
  CHECK(f.ingestor.changes_total() == 4);
  CHECK(f.ingestor.transactions_total() == 2);
}

TEST_CASE("ChangesOfAllPiecesAreCountedOn") {
  Fixture f;
  for (const char* key : {"a", "b"}) {
    f.add(ChangeKind::insert, kA, key, "row");
    f.piece("p1");
  }
  f.commit("p1");
  std::set<uint64_t> indexes;
  for (const auto& record : FakeLog::records(f.log.units.at(0), GenerationId(1))) {
    indexes.insert(decode_change_header(record.header)->index);
  }
  CHECK(indexes == std::set<uint64_t>{0, 1});
}

TEST_CASE("AbandonedPiecesLeaveNothingAndTheTransactionMayComeAgain") {
  Fixture f;
  f.add(ChangeKind::insert, kA, "gone", "row");
  f.piece("p1");
  f.fail(kB, "cannot be read");
  f.piece("p1");
  CHECK(f.tables[kB].stopped_reason);
  f.ingestor.abandon_pieces();
  CHECK(f.log.abandoned == 1);
  CHECK(f.log.units.empty());
  CHECK_FALSE(f.tables[kB].stopped_reason);
  CHECK(f.ingestor.idle());
  f.add(ChangeKind::insert, kA, "again", "row");
  f.piece("p1");
  f.commit("p1");
  REQUIRE(f.log.units.size() == 1);
  CHECK(f.count(0, 1) == 1);
  CHECK(f.log.units[0].edits.empty());
  CHECK(f.ingestor.transactions_total() == 1);
}

TEST_CASE("ATableThatFailsInALaterPieceLeavesNothingOfTheTransaction") {
  Fixture f;
  std::string row(1 << 20, 'r');
  for (int i = 0; i < 10; ++i) f.add(ChangeKind::insert, kA, "sent" + std::to_string(i), row);
  f.add(ChangeKind::insert, kB, "stays", "row");
  f.piece("p1");
  CHECK_FALSE(f.log.part_bytes.empty());
  f.fail(kA, "cannot be read");
  f.add(ChangeKind::insert, kA, "behind", "row");
  f.piece("p1");
  f.commit("p1");
  CHECK(f.count(0, 1) == 0);
  CHECK(f.count(0, 2) == 1);
  REQUIRE(f.log.units.at(0).edits.size() == 1);
  CHECK(std::holds_alternative<log::StopTopic>(f.log.units[0].edits[0]));
}

TEST_CASE("NothingToAbandonIsNoHarm") {
  Fixture f;
  f.add(ChangeKind::insert, kA, "stays", "row");
  f.commit("p1");
  f.ingestor.abandon_pieces();
  CHECK(f.submitted(1).size() == 1);
}

}  // namespace
}  // namespace leat::cdc

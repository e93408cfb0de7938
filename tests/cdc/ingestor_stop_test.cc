// Tables that cannot go on: what the log gets of them, and of the others.

#include <catch2/catch.hpp>

#include "tests/cdc/ingestor_fixture.h"

namespace leat::cdc {
namespace {

using test::FakeLog;
using Fixture = test::IngestorFixture;
using test::kA;
using test::kB;

TEST_CASE("AStoppedTableLeavesNothingOfItsTransactionAndTheOthersGoOn") {
  Fixture f;
  f.add(ChangeKind::insert, kA, "earlier", "row");
  f.commit("p1");
  f.add(ChangeKind::insert, kA, "gone", "row");
  f.add(ChangeKind::insert, kB, "stays", "row");
  f.add(ChangeKind::update, kA, "unknown", "row");
  f.add(ChangeKind::insert, kA, "gone too", "row");
  f.commit("p2");
  CHECK(f.submitted(1).empty());
  auto earlier = FakeLog::records(f.log.units.at(0), GenerationId(1));
  REQUIRE(earlier.size() == 1);
  CHECK(earlier[0].key == "earlier");
  CHECK(FakeLog::records(f.log.units.back(), GenerationId(2)).size() == 1);
  REQUIRE(f.log.units.back().edits.size() == 1);
  const auto& stop = std::get<log::StopTopic>(f.log.units.back().edits[0]);
  CHECK(stop.topic == "shop.public.a");
  CHECK(stop.reason.find("not among those that were captured") != std::string::npos);

  f.add(ChangeKind::insert, kA, "ignored", "row");
  f.commit("p3");
  CHECK(f.submitted(1).empty());
  CHECK(f.log.units.back().edits.empty());
}

TEST_CASE("AChangeThatCouldNotBeDecodedStopsItsTableFromTheTransactionsStart") {
  Fixture f;
  f.add(ChangeKind::insert, kA, "k", "row");
  f.fail(kA, "column note: not UTF-8");
  f.commit("p1");
  CHECK(f.submitted(1).empty());
  CHECK(std::get<log::StopTopic>(f.log.units.back().edits.at(0)).reason ==
        "in the transaction at position p1: column note: not UTF-8. "
        "To copy the tables anew: leat source resnapshot shop");
}

// The records of A in the unit that stops it, and in the one before.
void check_stopped_apart(Fixture& f, size_t units) {
  REQUIRE(f.ingestor.submit().ok());
  REQUIRE(f.log.units.size() == units);
  const log::CommitUnit& last = f.log.units.back();
  CHECK(last.edits.size() == 1);
  CHECK(FakeLog::records(last, GenerationId(1)).empty());
  const log::CommitUnit& earlier = f.log.units[units - 2];
  CHECK(FakeLog::records(earlier, GenerationId(1)).size() == 1);
  CHECK(earlier.position->position == "p1");
  CHECK(earlier.edits.empty());
}

TEST_CASE("WhatEarlierTransactionsDidToATableComesBeforeTheCutThatStopsIt") {
  Fixture f;
  f.add(ChangeKind::insert, kA, "k", "row");
  f.commit("p1");
  f.fail(kA, "was altered");
  f.add(ChangeKind::insert, kA, "other", "row");
  f.add(ChangeKind::insert, kB, "b", "row");
  f.commit("p2");
  CHECK(f.log.units.size() == 1);
  check_stopped_apart(f, 2);
  CHECK(FakeLog::records(f.log.units.back(), GenerationId(2)).size() == 1);
  CHECK(f.log.units.back().position->position == "p2");
}

TEST_CASE("ATableThatIsStoppedBetweenTransactionsIsStoppedBehindThem") {
  Fixture f;
  f.add(ChangeKind::insert, kA, "k", "row");
  f.commit("p1");
  f.ingestor.stop_table(kA, "is gone");
  check_stopped_apart(f, 2);
}

TEST_CASE("ATableThatCannotBeCompletedIsStoppedBehindEarlierTransactions") {
  Fixture f;
  f.add(ChangeKind::insert, kA, "k", "row");
  f.commit("p1");
  f.add(ChangeKind::insert, kA, "k2", "row");
  f.add(ChangeKind::remove, kA, "never seen");
  f.commit("p2");
  check_stopped_apart(f, 2);
}

}  // namespace
}  // namespace leat::cdc

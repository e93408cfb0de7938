// What was done to a table or its publication and undone again, or leaves no trace in the stream:
// the table stops, while it is read as well as while nobody looks, and a resnapshot mends it.
#include <catch2/catch.hpp>

#include "tests/postgres/support/source_fixture.h"

namespace leat::cdc::test {
namespace {

const char* const kTables =
    "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'one'), (2, 'two');"
    "CREATE TABLE other (id int PRIMARY KEY, v text); INSERT INTO other VALUES (1, 'one');";

void wait_until_all_go_on(SourceFixture& f) {
  f.wait_until("the tables to go on", [&] {
    auto status = f.source().status();
    return status.state == SourceState::streaming && status.stopped_tables.empty();
  });
}

// STATEMENTS, with PUBLICATION for the name of the source's.
void execute(SourceFixture& f, std::string statements) {
  const std::string word = "PUBLICATION_NAME";
  for (size_t at = 0; (at = statements.find(word)) != std::string::npos;) {
    statements.replace(at, word.size(), "leat_" + f.config.name);
  }
  f.execute(statements);
}

void check_stopped_and_mended(SourceFixture& f, const std::string& reason_wanted,
                              const std::string& undo) {
  std::string reason = f.wait_for_stopped("public.t");
  INFO(reason);
  CHECK(reason.find(reason_wanted) != std::string::npos);
  CHECK(reason.find("leat source resnapshot") != std::string::npos);
  if (!undo.empty()) execute(f, undo);
  f.source().resnapshot();
  wait_until_all_go_on(f);
  f.execute("INSERT INTO t (id, v) VALUES (77, 'after')");
  f.catch_up();
  f.check_equal("t");
  f.check_equal("other");
}

// As it is streamed, and while the source is stopped, also where the catalog was not looked at
// since a TRUNCATE.
void check_stops(const std::string& statements, const std::string& reason,
                 const std::string& undo = "") {
  SourceFixture f(kTables);
  f.start();
  f.catch_up();
  SECTION("while it is streamed") {
    execute(f, statements);
  }
  SECTION("while nobody looks") {
    f.stop();
    execute(f, statements);
    f.start();
  }
  SECTION("while nobody looks, behind a TRUNCATE") {
    f.execute("TRUNCATE t; INSERT INTO t (id, v) VALUES (1, 'one'), (2, 'two')");
    f.catch_up();
    f.stop();
    execute(f, statements);
    f.start();
  }
  check_stopped_and_mended(f, reason, undo);
}

TEST_CASE("AColumnDroppedAndMadeAgainStopsTheTable") {
  check_stops("ALTER TABLE t DROP COLUMN v; ALTER TABLE t ADD COLUMN v text DEFAULT 'zz'",
              "dropped and made again");
}

TEST_CASE("ATableRenamedAndRenamedBackStopsWhenItWasWrittenMeanwhile") {
  check_stops(
      "ALTER TABLE t RENAME TO x; INSERT INTO x VALUES (9, 'nine'); ALTER TABLE x RENAME TO t",
      "was renamed to public.x");
}

// Under REPLICA IDENTITY FULL the server lets rows be changed that have no key.
TEST_CASE("AKeyThatWasGoneForAWhileStopsTheTable") {
  check_stops(
      "ALTER TABLE t REPLICA IDENTITY FULL; BEGIN; ALTER TABLE t DROP CONSTRAINT t_pkey; "
      "INSERT INTO t VALUES (1, 'second'); DELETE FROM t WHERE v = 'second'; "
      "ALTER TABLE t ADD PRIMARY KEY (id); COMMIT",
      "its primary key was dropped and made again");
}

TEST_CASE("WhatFollowsAChangeOfATablesKeyIsNotTakenBeforeTheChangeIsSeen") {
  SourceFixture f(kTables);
  f.config.catalog_poll_interval = std::chrono::hours(1);
  f.execute("ALTER TABLE t REPLICA IDENTITY FULL");
  f.start();
  f.catch_up();
  f.execute(
      "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (id) DEFERRABLE; "
      "UPDATE t SET id = 3 - id");
  f.wait_for_stopped("public.t");
  CHECK(f.changes("t").size() == 2);  // the copy's
}

TEST_CASE("AnIndexThatIsBuiltAnewStopsNothing") {
  SourceFixture f(kTables);
  f.start();
  f.catch_up();
  f.execute("REINDEX TABLE CONCURRENTLY t");
  f.execute("UPDATE t SET v = 'after'");
  f.source_polled();
  f.catch_up();
  CHECK(f.source().status().stopped_tables.empty());
  f.check_equal("t");
}

TEST_CASE("ATableMadeAnewUnderItsNameStops") {
  check_stops(
      "DROP TABLE t; CREATE TABLE t (id int PRIMARY KEY, v text); "
      "ALTER PUBLICATION PUBLICATION_NAME ADD TABLE t; INSERT INTO t VALUES (1, 'another')",
      "another table has its name");
}

TEST_CASE("TablesThatChangeTheirNamesStop") {
  check_stops(
      "BEGIN; ALTER TABLE t RENAME TO x; ALTER TABLE other RENAME TO t; "
      "ALTER TABLE x RENAME TO other; INSERT INTO t VALUES (9, 'other once'); COMMIT",
      "was ");
}

TEST_CASE("ATableTakenOutOfThePublicationStops") {
  check_stops("ALTER PUBLICATION PUBLICATION_NAME DROP TABLE t; INSERT INTO t VALUES (9, 'nine')",
              "is no longer in the publication", "ALTER PUBLICATION PUBLICATION_NAME ADD TABLE t");
}

TEST_CASE("ATableTakenOutOfThePublicationAndPutBackStops") {
  check_stops(
      "ALTER PUBLICATION PUBLICATION_NAME DROP TABLE t; INSERT INTO t VALUES (9, 'nine'); "
      "ALTER PUBLICATION PUBLICATION_NAME ADD TABLE t",
      "for a while");
}

// As check_stops, under a publication that is there before the source.
void check_stops_under(const std::string& setup, const std::string& publication,
                       const std::string& statements, const std::string& reason) {
  SourceFixture f(setup);
  execute(f, "CREATE PUBLICATION PUBLICATION_NAME " + publication);
  f.start();
  f.catch_up();
  f.stop();
  execute(f, statements);
  f.start();
  check_stopped_and_mended(f, reason, "");
}

TEST_CASE("ASchemaTakenOutOfThePublicationAndPutBackStopsItsTables") {
  check_stops_under(kTables, "FOR TABLES IN SCHEMA public",
                    "ALTER PUBLICATION PUBLICATION_NAME DROP TABLES IN SCHEMA public; "
                    "INSERT INTO t VALUES (9, 'nine'); "
                    "ALTER PUBLICATION PUBLICATION_NAME ADD TABLES IN SCHEMA public",
                    "for a while");
}

TEST_CASE("ATableThatWasMovedOutOfAPublishedSchemaAndBackStops") {
  check_stops_under(kTables, "FOR TABLES IN SCHEMA public",
                    "CREATE SCHEMA attic; ALTER TABLE t SET SCHEMA attic; "
                    "INSERT INTO attic.t VALUES (9, 'nine'); ALTER TABLE attic.t SET SCHEMA public",
                    "for a while");
}

TEST_CASE("APartitionThatWasDetachedAndAttachedAgainStops") {
  check_stops_under(
      "CREATE TABLE every (id int, v text) PARTITION BY RANGE (id);"
      "CREATE TABLE t PARTITION OF every (PRIMARY KEY (id)) FOR VALUES FROM (0) TO (1000);"
      "INSERT INTO t VALUES (1, 'one');"
      "CREATE TABLE other (id int PRIMARY KEY, v text);",
      "FOR TABLE every, other, marker",
      "ALTER TABLE every DETACH PARTITION t; INSERT INTO t VALUES (9, 'nine');"
      "ALTER TABLE every ATTACH PARTITION t FOR VALUES FROM (0) TO (1000)",
      "for a while");
}

TEST_CASE("APublicationThatForAWhileLeftRowsOutStopsTheTable") {
  check_stops(
      "ALTER PUBLICATION PUBLICATION_NAME DROP TABLE t; "
      "ALTER PUBLICATION PUBLICATION_NAME ADD TABLE t WHERE (id > 50); "
      "INSERT INTO t VALUES (9, 'nine'); ALTER PUBLICATION PUBLICATION_NAME DROP TABLE t; "
      "ALTER PUBLICATION PUBLICATION_NAME ADD TABLE t",
      "for a while");
}

TEST_CASE("APublicationThatForAWhileLeftKindsOfChangesOutStopsTheTables") {
  check_stops(
      "ALTER PUBLICATION PUBLICATION_NAME SET (publish = 'insert'); DELETE FROM t WHERE id = 1; "
      "ALTER PUBLICATION PUBLICATION_NAME SET (publish = 'insert, update, delete, truncate')",
      "for a while");
}

TEST_CASE("APublicationThatLeavesKindsOfChangesOutWhileItIsReadStopsTheSource") {
  SourceFixture f(kTables);
  f.start();
  f.catch_up();
  execute(f, "ALTER PUBLICATION PUBLICATION_NAME SET (publish = 'insert')");
  std::string reason = f.status_when(SourceState::stopped).last_error;
  CHECK(reason.find("leaves kinds of changes out") != std::string::npos);
}

TEST_CASE("ATableAddedToThePublicationStopsNoOther") {
  SourceFixture f(kTables);
  f.start();
  f.catch_up();
  execute(f,
          "CREATE TABLE later (id int PRIMARY KEY);"
          "ALTER PUBLICATION PUBLICATION_NAME ADD TABLE later");
  f.execute("VACUUM FREEZE pg_publication_rel");
  SourceFixture::source_polled();
  f.stop();
  f.start();
  f.catch_up();
  SourceFixture::source_polled();
  for (const StoppedTable& table : f.source().status().stopped_tables) {
    CHECK(table.table == "public.later");
  }
  f.execute("TRUNCATE t; INSERT INTO t VALUES (5, 'five')");
  f.catch_up();
  SourceFixture::source_polled();
  f.check_equal("t");
}

}  // namespace
}  // namespace leat::cdc::test

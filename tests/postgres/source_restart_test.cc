// What happens to a source over restarts, failures and things that a person did to the server.
#include <catch2/catch.hpp>

#include "log/base/bytes.h"
#include "tests/postgres/support/source_fixture.h"

namespace leat::cdc::test {
namespace {

using leat::test::PostgresClient;
using leat::test::PostgresOptions;
using leat::test::PostgresServer;

const char* const kSmallTable =
    "CREATE TABLE t (id int PRIMARY KEY, a text, b text); "
    "INSERT INTO t VALUES (1, 'one', 'b'), (2, 'two', NULL);";

bool contains(const std::string& text, const std::string& part) {
  INFO("\"" << text << "\" should hold \"" << part << "\"");
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

TEST_CASE("ARestartGoesOnFromTheStoredPositionWithTheRowsItKeeps") {
  SourceFixture f(kSmallTable);
  f.start();
  f.catch_up();
  f.execute("UPDATE t SET a = 'before the restart'");
  f.catch_up();
  f.stop();
  f.execute(
      "UPDATE t SET b = 'while it was down'; DELETE FROM t WHERE id = 2; "
      "INSERT INTO t VALUES (7, 'x', 'y')");
  f.start();
  f.catch_up();
  f.check_equal("t");
  f.execute("UPDATE t SET b = 'after'");
  f.catch_up();
  f.check_equal("t");
}

TEST_CASE("TheServersRestartIsWaitedFor") {
  SourceFixture f(kSmallTable);
  f.start();
  f.catch_up();
  REQUIRE(shared_server().restart("fast").ok());
  f.reconnect();
  f.execute("UPDATE t SET a = 'after the restart'");
  f.catch_up();
  f.check_equal("t");
}

TEST_CASE("ASlotAheadOfTheLogStopsTheSourceInsteadOfSkipping") {
  SourceFixture f(kSmallTable);
  f.start();
  f.catch_up();
  f.stop();
  f.execute("UPDATE t SET a = 'lost'");
  f.execute("SELECT pg_replication_slot_advance('leat_" + f.config.name +
            "', pg_current_wal_lsn())");
  f.start();
  SourceStatus status = f.status_when(SourceState::stopped);
  contains(status.last_error, "is ahead of this log");
  contains(status.last_error, "leat source resnapshot " + f.config.name);
  f.source().resnapshot();
  f.wait_for_state(SourceState::streaming);
  f.catch_up();
  f.check_equal("t");
}

TEST_CASE("AMissingSlotStopsTheSource") {
  SourceFixture f(kSmallTable);
  f.start();
  f.catch_up();
  f.stop();
  f.execute("SELECT pg_drop_replication_slot('leat_" + f.config.name + "')");
  f.start();
  contains(f.status_when(SourceState::stopped).last_error, "is gone");
}

TEST_CASE("ASlotThatAnotherDataDirectoryMadeIsLeftAlone") {
  SourceFixture f(kSmallTable);
  std::string slot = "'leat_" + f.config.name + "'";
  f.execute("SELECT pg_create_logical_replication_slot(" + slot + ", 'pgoutput')");
  f.start();
  std::string reason = f.status_when(SourceState::stopped).last_error;
  CHECK(reason.find("that this data directory did not make") != std::string::npos);
  CHECK(*f.sql().value("SELECT count(*) FROM pg_replication_slots WHERE slot_name = " + slot) ==
        "1");
}

TEST_CASE("AResnapshotReplacesTheRowsAndStreamsOn") {
  SourceFixture f(kSmallTable);
  f.start();
  f.catch_up();
  f.execute("UPDATE t SET a = 'changed'");
  f.catch_up();
  GenerationId before = f.log().state()->find(f.config.name + ".public.t")->current->id;
  f.source().resnapshot();
  f.wait_until("another generation", [&] {
    return f.log().state()->find(f.config.name + ".public.t")->current->id != before;
  });
  f.wait_for_state(SourceState::streaming);
  f.execute("UPDATE t SET b = 'after'");
  f.catch_up();
  f.check_equal("t");
}

TEST_CASE("TablesThatCannotBeCapturedAreToldAndTheOthersGoOn") {
  SourceFixture f(std::string(kSmallTable) +
                  "CREATE TABLE no_key (id int, a text); "
                  "CREATE TABLE no_type (id int PRIMARY KEY, p point); "
                  "CREATE TABLE no_identity (id int PRIMARY KEY); "
                  "ALTER TABLE no_identity REPLICA IDENTITY NOTHING;");
  f.start();
  f.catch_up();
  contains(f.wait_for_stopped("public.no_key"), "ADD PRIMARY KEY (id)");
  contains(f.wait_for_stopped("public.no_type"), "column p has type point");
  contains(f.wait_for_stopped("public.no_identity"), "REPLICA IDENTITY DEFAULT");
  // They are not in the publication, so that their own application is not hindered.
  f.execute("INSERT INTO no_key VALUES (1, 'x'); UPDATE no_key SET a = 'y'");
  f.execute("UPDATE t SET a = 'goes on'");
  f.catch_up();
  f.check_equal("t");
}

TEST_CASE("AnAddedColumnStopsItsTableWhetherChangesComeOrNot") {
  SourceFixture f(std::string(kSmallTable) + "CREATE TABLE quiet (id int PRIMARY KEY);");
  f.start();
  f.catch_up();
  f.execute("ALTER TABLE t ADD COLUMN c int DEFAULT 5");
  f.execute("ALTER TABLE quiet ADD COLUMN c int DEFAULT 5");
  f.execute("UPDATE t SET a = 'x' WHERE id = 1");
  contains(f.wait_for_stopped("public.t"), "column c is new");
  contains(f.wait_for_stopped("public.quiet"), "column c is new");
  f.catch_up();
  CHECK(f.changes("t").size() == 2);
  f.source().resnapshot();
  f.wait_until("the new column", [&] {
    auto state = f.log().state();
    const log::TopicState* topic = state->find(f.config.name + ".public.t");
    return f.log().schema(topic->current->schema)->columns.size() == 4;
  });
  f.wait_for_state(SourceState::streaming);
  f.catch_up();
  f.check_equal("t");
  f.check_equal("quiet");
}

TEST_CASE("ARewriteOfATableStopsItAndATruncateDoesNot") {
  SourceFixture f(std::string(kSmallTable) + "CREATE TABLE emptied (id int PRIMARY KEY);");
  f.start();
  f.catch_up();
  f.source_polled();
  f.execute("ALTER TABLE t ALTER a TYPE text USING a || '!'");
  f.execute("TRUNCATE emptied");
  contains(f.wait_for_stopped("public.t"), "was rewritten");
  f.catch_up();
  f.source_polled();
  f.source_polled();
  CHECK(f.source().status().stopped_tables.size() == 1);
}

TEST_CASE("ATableThatIsNewIsTold") {
  SourceFixture f(kSmallTable);
  f.start();
  f.catch_up();
  f.execute("CREATE TABLE later (id int PRIMARY KEY)");
  contains(f.wait_for_stopped("public.later"), "is new since the snapshot");
}

// A database without an encoding takes any bytes as text.
const char* const kAnyBytes = "ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0";

TEST_CASE("ARowThatIsNoUtf8StopsItsTableAndNoneOfItsTransactionIsLogged") {
  SourceFixture f(std::string(kSmallTable) + "CREATE TABLE other (id int PRIMARY KEY);", kAnyBytes);
  f.start();
  f.catch_up();
  f.execute(
      "BEGIN; UPDATE t SET a = 'whole' WHERE id = 2; INSERT INTO other VALUES (1); "
      "UPDATE t SET a = convert_from('\\xe9', 'SQL_ASCII') WHERE id = 1; COMMIT");
  std::string reason = f.wait_for_stopped("public.t");
  contains(reason, "in the transaction at 0/");
  contains(reason, "column a");
  contains(reason, "0xE9");
  f.catch_up();
  f.check_equal("other");
  CHECK(f.changes("t").size() == 2);
}

TEST_CASE("ARowThatIsNoUtf8InTheSnapshotStopsItsTable") {
  SourceFixture f(std::string(kSmallTable) +
                      "CREATE TABLE other (id int PRIMARY KEY, a text); "
                      "INSERT INTO other VALUES (1, convert_from('\\xff', 'SQL_ASCII'));",
                  kAnyBytes);
  f.start();
  f.catch_up();
  contains(f.wait_for_stopped("public.other"), "column a");
  f.check_equal("t");
  f.stop();
  f.start();
  f.catch_up();
  contains(f.wait_for_stopped("public.other"), "column a");
}

TEST_CASE("RowLevelSecurityIsToldAndNotReadThrough") {
  SourceFixture f(std::string(kSmallTable) +
                  "CREATE TABLE hidden (id int PRIMARY KEY); ALTER TABLE hidden ENABLE ROW LEVEL "
                  "SECURITY; ALTER TABLE hidden FORCE ROW LEVEL SECURITY;");
  f.execute(
      "DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN REPLICATION; "
      "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader; "
      "CREATE PUBLICATION \"leat_" +
      f.config.name + "\" FOR TABLE marker, t");
  f.config.uri = shared_server().uri(f.database(), "reader");
  f.start();
  f.catch_up();
  contains(f.wait_for_stopped("public.hidden"), "row-level security");
  f.check_equal("t");
}

TEST_CASE("ARoleThatMayNotPublishIsToldTheStatementForTheOwner") {
  SourceFixture f(kSmallTable);
  f.execute(
      "DROP ROLE IF EXISTS stranger; CREATE ROLE stranger LOGIN REPLICATION; "
      "GRANT SELECT ON ALL TABLES IN SCHEMA public TO stranger");
  f.config.uri = shared_server().uri(f.database(), "stranger");
  f.start();
  std::string error = f.status_when(SourceState::stopped).last_error;
  contains(error, "CREATE PUBLICATION \"leat_" + f.config.name + "\" FOR TABLE");
}

TEST_CASE("AMissingDatabaseAndAnUnreachableServerDiffer") {
  SourceFixture f(kSmallTable);
  f.config.uri = shared_server().uri("nowhere");
  f.start();
  contains(f.status_when(SourceState::stopped).last_error, "nowhere");
  f.stop();
  f.config.uri =
      "postgresql://postgres@127.0.0.1:" + std::to_string(leat::test::free_port()) + "/x";
  f.start();
  contains(f.status_when(SourceState::retrying).last_error, "refused");
}

TEST_CASE("AWrongPasswordStopsTheSourceAndIsNotPrinted") {
  PostgresOptions options;
  options.authentication = "scram-sha-256";
  options.settings = {"wal_level = replica"};
  auto server = PostgresServer::start(options);
  REQUIRE(server.ok());
  SourceFixture f(kSmallTable);
  f.config.uri =
      "postgresql://postgres:sesame-street@127.0.0.1:" + std::to_string((*server)->port()) +
      "/postgres";
  f.start();
  std::string error = f.status_when(SourceState::stopped).last_error;
  contains(error, "password authentication failed");
  CHECK(error.find("sesame") == std::string::npos);
}

TEST_CASE("WalLevelReplicaIsToldWithItsMending") {
  PostgresOptions options;
  options.settings = {"wal_level = replica"};
  auto server = PostgresServer::start(options);
  REQUIRE(server.ok());
  SourceFixture f(kSmallTable);
  f.config.uri = (*server)->uri();
  f.start();
  contains(f.status_when(SourceState::stopped).last_error, "ALTER SYSTEM SET wal_level = logical");
}

TEST_CASE("AnIdleSourcesSlotFollowsTheServersWal") {
  SourceFixture f(kSmallTable);
  f.config.tables = {"public.t", "public.marker"};
  f.start();
  f.catch_up();
  auto confirmed = [&] {
    auto text = f.sql().value(
        "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE "
        "slot_name = 'leat_" +
        f.config.name + "'");
    REQUIRE(text.ok());
    return *text;
  };
  f.execute(
      "CREATE TABLE elsewhere (id serial, a text); "
      "INSERT INTO elsewhere (a) SELECT repeat('x', 100) FROM generate_series(1, 20000)");
  auto target = f.sql().value("SELECT pg_current_wal_lsn()");
  REQUIRE(target.ok());
  f.wait_until("the slot to pass " + *target, [&] {
    return f.sql()
               .value("SELECT '" + confirmed() + "'::pg_lsn >= '" + *target + "'::pg_lsn")
               .value() == "t";
  });
  // And a restart does not take that for a slot ahead of the log.
  f.stop();
  f.start();
  f.execute("UPDATE t SET a = 'x'");
  f.catch_up();
  f.check_equal("t");
}

// A server without work says nothing of its own accord.
TEST_CASE("AnIdleServerIsAskedWhetherItIsThere") {
  SourceFixture f(kSmallTable);
  f.start();
  f.catch_up();
  SourceFixture::source_polled();
  auto heard_at = f.source().status().heard_at;
  f.wait_until("another word of the server",
               [&] { return f.source().status().heard_at > heard_at; });
  CHECK(f.source().status().behind_us == 0);
}

TEST_CASE("AStartInTheMiddleOfANewCopyCopiesAnew") {
  SourceFixture f(
      "CREATE TABLE t (id int PRIMARY KEY, v text);"
      "INSERT INTO t SELECT g, repeat('x', 100) FROM generate_series(1, 100000) g;");
  f.start();
  f.catch_up();
  f.source().resnapshot();
  f.wait_for_state(SourceState::snapshotting);
  f.stop();
  f.execute("UPDATE t SET v = 'changed' WHERE id <= 10");
  f.start();
  f.wait_for_state(SourceState::streaming);
  f.catch_up();
  f.check_equal("t");
}

}  // namespace
}  // namespace leat::cdc::test

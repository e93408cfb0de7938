// A source over real servers: what its topics hold is what the tables hold.

#include <catch2/catch.hpp>
#include <functional>

#include "tests/mysql/support/binlog_fixture.h"
#include "tests/mysql/support/source_fixture.h"

namespace leat::test {
namespace {

using cdc::SourceState;

constexpr const char* kShop =
    "CREATE TABLE orders (id int PRIMARY KEY, customer varchar(40), total decimal(10,2), note "
    "text);"
    "CREATE TABLE pairs (a int, b varchar(10), n int, PRIMARY KEY (b, a));"
    "INSERT INTO orders VALUES (1, 'Ann', 10.50, NULL), (2, 'Bé', 0, 'x'), (3, 'Cy', -1, '')";

// Runs TEST on each kind of server that this machine has.
template <class Test>
void on_each(const std::string& setup, const Test& test) {
  for (MysqlKind kind : {MysqlKind::mariadb, MysqlKind::mysql}) {
    MysqlServer* server = shared_server(kind);
    if (server == nullptr) continue;
    INFO(to_text(kind));
    SourceFixture fixture(server, setup);
    fixture.start();
    fixture.wait_for_state(SourceState::streaming);
    test(fixture);
  }
}

TEST_CASE("SnapshotAndChangesOfRowsAndKeysAreTheTables") {
  on_each(kShop, [](SourceFixture& fixture) {
    fixture.execute(
        "INSERT INTO orders VALUES (4, 'Di', 4, 'new'); UPDATE orders SET total = total + 1; "
        "DELETE FROM orders WHERE id = 2; UPDATE orders SET id = id + 10 WHERE id = 3; "
        "INSERT INTO pairs VALUES (1, 'x', 1), (2, 'x', 2); "
        "BEGIN; UPDATE pairs SET b = 'y' WHERE a = 1; DELETE FROM pairs WHERE a = 2; "
        "INSERT INTO pairs VALUES (2, 'x', 3); COMMIT; "
        "BEGIN; INSERT INTO orders VALUES (99, 'gone', 0, ''); ROLLBACK; "
        "REPLACE INTO orders VALUES (1, 'Ann', 11, 'replaced')");
    fixture.catch_up();
    fixture.check_equal("orders");
    fixture.check_equal("pairs");
  });
}

TEST_CASE("ATruncatedTableIsEmptyAndGoesOn") {
  on_each(kShop, [](SourceFixture& fixture) {
    fixture.execute("TRUNCATE TABLE orders; INSERT INTO orders VALUES (7, 'after', 1, NULL)");
    fixture.catch_up();
    fixture.check_equal("orders");
    CHECK(fixture.changes("orders").size() == 1);
  });
}

// As from the other master of a ring, without gtid_strict_mode.
TEST_CASE("ATransactionWhoseNumberDoesNotRiseInItsDomainStopsTheSource") {
  MysqlServer* server = shared_server(MysqlKind::mariadb);
  if (server == nullptr) return;
  SourceFixture fixture(server, kShop);
  fixture.start();
  fixture.wait_for_state(SourceState::streaming);
  fixture.execute("SET SESSION gtid_seq_no = 100000; INSERT INTO orders VALUES (4, 'Di', 4, '')");
  fixture.catch_up();
  fixture.execute(
      "SET SESSION server_id = 77, gtid_seq_no = 7; INSERT INTO orders VALUES (5, 'Ed', 5, '')");
  fixture.wait_for_state(SourceState::stopped);
  std::string error = fixture.source().status().last_error;
  INFO(error);
  CHECK(error.find("0-77-7 follows 0-1-") != std::string::npos);
  CHECK(error.find("gtid_strict_mode = ON") != std::string::npos);
}

TEST_CASE("AfterARestartReadingGoesOnBehindWhatTheLogHolds") {
  on_each(kShop, [](SourceFixture& fixture) {
    fixture.execute("UPDATE orders SET note = 'before'");
    fixture.catch_up();
    fixture.stop();
    fixture.execute(
        "UPDATE orders SET note = 'meanwhile'; FLUSH BINARY LOGS; "
        "DELETE FROM orders WHERE id = 1");
    fixture.start();
    fixture.catch_up();
    fixture.check_equal("orders");
  });
}

TEST_CASE("XaTransactionsCountWhenTheyCommitAlsoOverARestart") {
  on_each(kShop, [](SourceFixture& fixture) {
    fixture.execute(
        "XA START 'a'; INSERT INTO orders VALUES (20, 'xa', 1, NULL); XA END 'a'; XA PREPARE 'a'");
    fixture.reconnect();
    fixture.execute(
        "XA START 'b'; INSERT INTO orders VALUES (21, 'xb', 1, NULL); XA END 'b'; XA PREPARE 'b'");
    fixture.reconnect();
    fixture.execute("UPDATE orders SET total = 5 WHERE id = 1");
    fixture.catch_up();
    CHECK(fixture.changes("orders").size() == 4);
    fixture.stop();
    fixture.start();
    fixture.execute("XA COMMIT 'a'; XA ROLLBACK 'b'; UPDATE orders SET total = 6 WHERE id = 20");
    fixture.catch_up();
    fixture.check_equal("orders");
  });
}

// (One that is killed is in the whole program's test: this one's files do not outlive it.)
TEST_CASE("TheServersRestartIsWaitedFor") {
  MysqlServer* server = shared_server(MysqlKind::mariadb);
  if (server == nullptr) return;
  SourceFixture fixture(server, kShop);
  fixture.start();
  fixture.catch_up();
  REQUIRE(server->stop().ok());
  fixture.wait_for_state(SourceState::retrying);
  REQUIRE(server->start_again().ok());
  fixture.reconnect();
  fixture.execute("UPDATE orders SET note = 'after the restart'");
  fixture.catch_up();
  fixture.check_equal("orders");
}

// The error of a source that was started after HAPPENED to the server while nobody read.
std::string stop_after(SourceFixture& fixture, const std::function<void()>& happened) {
  fixture.catch_up();
  fixture.stop();
  happened();
  fixture.start();
  fixture.wait_for_state(SourceState::stopped);
  return fixture.source().status().last_error;
}

TEST_CASE("AResetBinlogStopsTheSourceWithTheChoicesUntilAResnapshot") {
  on_each(kShop, [](SourceFixture& fixture) {
    bool mariadb = fixture.server().kind() == MysqlKind::mariadb;
    std::string error = stop_after(fixture, [&] {
      fixture.execute(mariadb ? "RESET MASTER" : "RESET BINARY LOGS AND GTIDS");
      fixture.execute("UPDATE orders SET total = 1");
    });
    CHECK(error.find("leat source resnapshot") != std::string::npos);
    CHECK(error.find("RESET") != std::string::npos);
    fixture.source().resnapshot();
    fixture.wait_for_state(SourceState::streaming);
    fixture.execute("UPDATE orders SET total = total + 1");
    fixture.catch_up();
    fixture.check_equal("orders");
  });
}

// A file that a connection still reads, or a transaction still needs, is left there for now.
void purge_all_but_last(SourceFixture& fixture) {
  fixture.wait_until("the files to be purged", [&] {
    auto files = fixture.client().query("SHOW BINARY LOGS");
    REQUIRE(files.ok());
    if (files->size() == 1) return true;
    fixture.execute("PURGE BINARY LOGS TO '" + files->back().at(0).value_or("") + "'");
    return false;
  });
}

TEST_CASE("APurgedBinlogStopsTheSourceInsteadOfSkipping") {
  on_each(kShop, [](SourceFixture& fixture) {
    std::string error = stop_after(fixture, [&] {
      fixture.execute("UPDATE orders SET total = 1; FLUSH BINARY LOGS");
      fixture.execute("UPDATE orders SET total = 2; FLUSH BINARY LOGS");
      purge_all_but_last(fixture);
    });
    CHECK(error.find("snapshot") != std::string::npos);
  });
}

// What no calendar has, as an old application may have left it.
constexpr const char* kOddDates =
    "SET sql_mode = 'ALLOW_INVALID_DATES'; CREATE TABLE days (id int PRIMARY KEY, d date, "
    "t datetime(2)); INSERT INTO days VALUES (1, '2026-02-31', '2026-00-15 01:02:03.25'), "
    "(2, '0000-00-00', '2026-11-22 00:00:00')";

TEST_CASE("DatesThatNoCalendarHasAreReadAsTextWhereItIsSaid") {
  for (MysqlKind kind : {MysqlKind::mariadb, MysqlKind::mysql}) {
    MysqlServer* server = shared_server(kind);
    if (server == nullptr) continue;
    INFO(to_text(kind));
    SourceFixture fixture(server, kOddDates);
    fixture.config.dates_as_text = {fixture.database() + ".days.*"};
    fixture.start();
    fixture.wait_for_state(SourceState::streaming);
    fixture.execute(
        "INSERT INTO days VALUES (3, '2026-04-31', '2026-02-30 10:00:00'); "
        "UPDATE days SET d = '2026-06-31' WHERE id = 1");
    fixture.catch_up();
    fixture.check_equal("days");
  }
}

TEST_CASE("ADateThatNoCalendarHasStopsItsTableUntilTheKeyIsSetThatMendsIt") {
  on_each("SET sql_mode = 'ALLOW_INVALID_DATES'; CREATE TABLE days (id int PRIMARY KEY, d date)",
          [](SourceFixture& fixture) {
            fixture.execute("INSERT INTO days VALUES (1, '2026-02-31')");
            CHECK(fixture.wait_for_stopped("days").find("dates_as_text") != std::string::npos);
            fixture.stop();
            fixture.config.dates_as_text = {fixture.database() + ".days.d"};
            fixture.start();
            fixture.wait_equal("days");
          });
}

TEST_CASE("AStatementLoggedAsTextStopsItsTableWithTheSettingToChange") {
  on_each(kShop, [](SourceFixture& fixture) {
    fixture.execute(
        "SET SESSION binlog_format = STATEMENT; UPDATE orders SET total = 1; "
        "SET SESSION binlog_format = ROW; INSERT INTO pairs VALUES (6, 'f', 6)");
    std::string reason = fixture.wait_for_stopped("orders");
    CHECK(reason.find("SET GLOBAL binlog_format = ROW") != std::string::npos);
    fixture.catch_up();
    fixture.check_equal("pairs");
  });
}

constexpr const char* kIndirect =
    ";CREATE TABLE inbox (id int PRIMARY KEY);"
    "CREATE TABLE quiet (id int PRIMARY KEY);"
    "CREATE VIEW cheap AS SELECT * FROM orders WHERE total < 1;"
    "CREATE PROCEDURE take(n int) INSERT INTO orders VALUES (n, 'by a trigger', 1, NULL);"
    "CREATE TRIGGER arrived AFTER INSERT ON inbox FOR EACH ROW CALL take(NEW.id);"
    "CREATE FUNCTION raised(n int) RETURNS int DETERMINISTIC MODIFIES SQL DATA "
    "BEGIN UPDATE orders SET total = total + n; RETURN n; END";

TEST_CASE("AStatementLoggedAsTextStopsATableThatItChangesThroughSomethingElse") {
  for (const char* statement :
       {"INSERT INTO inbox VALUES (50)", "UPDATE cheap SET note = 'cheap'", "SELECT raised(2)"}) {
    INFO(statement);
    on_each(std::string(kShop) + kIndirect, [&](SourceFixture& fixture) {
      fixture.execute(
          "INSERT INTO inbox VALUES (40); UPDATE cheap SET note = 'rows'; DO raised(1)");
      fixture.catch_up();
      fixture.check_equal("orders");
      fixture.execute(std::string("SET SESSION binlog_format = STATEMENT; ") + statement +
                      "; INSERT INTO quiet VALUES (1); SET SESSION binlog_format = ROW");
      std::string reason = fixture.wait_for_stopped("orders");
      CHECK(reason.find("SET GLOBAL binlog_format = ROW") != std::string::npos);
      fixture.execute("INSERT INTO pairs VALUES (6, 'f', 6)");
      fixture.catch_up();
      fixture.check_equal("pairs");
    });
  }
}

}  // namespace
}  // namespace leat::test

// Tables that are altered while they are captured: copied anew by themselves, the others go on.

#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "tests/mysql/support/binlog_fixture.h"
#include "tests/mysql/support/source_fixture.h"

namespace leat::test {
namespace {

using cdc::SourceState;

constexpr const char* kShop =
    "CREATE TABLE orders (id int PRIMARY KEY, customer varchar(40), total decimal(10,2));"
    "CREATE TABLE pairs (a int, b varchar(10), n int, PRIMARY KEY (b, a));"
    "INSERT INTO orders VALUES (1, 'Ann', 10.50), (2, 'Bo', 0); INSERT INTO pairs VALUES (1,'x',1)";

template <class Test>
void on_each(const Test& test, const std::string& more_tables = "") {
  for (MysqlKind kind : {MysqlKind::mariadb, MysqlKind::mysql}) {
    MysqlServer* server = shared_server(kind);
    if (server == nullptr) continue;
    INFO(to_text(kind));
    SourceFixture fixture(server, std::string(kShop) + more_tables);
    fixture.start();
    fixture.wait_for_state(SourceState::streaming);
    test(fixture);
  }
}

void check_goes_on(SourceFixture& fixture) {
  fixture.execute("UPDATE pairs SET n = n + 1; UPDATE orders SET total = total + 1");
  fixture.catch_up();
  fixture.wait_equal("orders");
  fixture.check_equal("pairs");
}

TEST_CASE("AnAlteredTableIsStoppedAloneAndThenCopiedAnew") {
  on_each([](SourceFixture& fixture) {
    fixture.execute(
        "ALTER TABLE orders ADD COLUMN extra int DEFAULT 5; INSERT INTO pairs VALUES (5, 'e', 5); "
        "INSERT INTO orders VALUES (3, 'Cy', 3, 3); DELETE FROM orders WHERE id = 1");
    CHECK(fixture.wait_for_stopped("orders").find("was altered") != std::string::npos);
    fixture.wait_equal("orders");
    check_goes_on(fixture);
    CHECK(fixture.changes("pairs").size() > 2);  // still those of the first copy
  });
}

TEST_CASE("ATableAlteredWhileNobodyReadIsCopiedAnewAtTheStart") {
  on_each([](SourceFixture& fixture) {
    fixture.catch_up();
    fixture.stop();
    fixture.execute(
        "UPDATE orders SET total = 7; ALTER TABLE orders DROP COLUMN customer; "
        "INSERT INTO orders VALUES (9, 9); UPDATE pairs SET n = 9");
    fixture.start();
    fixture.wait_equal("orders");
    check_goes_on(fixture);
  });
}

TEST_CASE("AnAlterationThatLeavesTheColumnsIsCopiedAlsoOverARestart") {
  on_each([](SourceFixture& fixture) {
    fixture.execute("ALTER TABLE orders FORCE");
    fixture.wait_for_stopped("orders");
    fixture.stop();
    fixture.execute("INSERT INTO orders VALUES (4, 'Di', 4)");
    fixture.start();
    fixture.wait_equal("orders");
    check_goes_on(fixture);
  });
}

TEST_CASE("ATableThatAToolReplacesByRenamesIsFollowed") {
  on_each([](SourceFixture& fixture) {
    fixture.execute(
        "CREATE TABLE _orders_gho LIKE orders; ALTER TABLE _orders_gho ADD COLUMN note text; "
        "INSERT INTO _orders_gho SELECT *, 'copied' FROM orders; "
        "RENAME TABLE orders TO _orders_del, _orders_gho TO orders");
    fixture.wait_for_stopped("orders");
    fixture.wait_equal("orders");
    check_goes_on(fixture);
  });
}

TEST_CASE("ADroppedTableStaysStoppedAndTheOthersGoOn") {
  on_each([](SourceFixture& fixture) {
    fixture.execute("DROP TABLE orders; UPDATE pairs SET n = 2");
    fixture.wait_for_stopped("orders");
    fixture.catch_up();
    fixture.check_equal("pairs");
  });
}

TEST_CASE("ADroppedTableThatIsMadeAgainMuchLaterIsCopied") {
  on_each([](SourceFixture& fixture) {
    fixture.execute("DROP TABLE orders");
    fixture.wait_for_stopped("orders");
    fixture.wait_until("the copy to be given up", [&] {
      auto status = fixture.source().status();
      return status.state == SourceState::streaming && !status.stopped_tables.empty();
    });
    std::this_thread::sleep_for(std::chrono::seconds(2));
    fixture.execute(
        "CREATE TABLE orders (id int PRIMARY KEY, total int); INSERT INTO orders VALUES (1, 5)");
    fixture.wait_equal("orders");
    check_goes_on(fixture);
  });
}

TEST_CASE("ATruncateLeavesTheTableAloneWhoseNameDiffersByItsCase") {
  auto test = [](SourceFixture& fixture) {
    fixture.execute("TRUNCATE TABLE orders; INSERT INTO Orders VALUES (2)");
    fixture.wait_equal("Orders");
    fixture.wait_equal("orders");
    check_goes_on(fixture);
    CHECK(fixture.changes("orders").empty());
  };
  on_each(test, "; CREATE TABLE Orders (id int PRIMARY KEY); INSERT INTO Orders VALUES (1)");
}

// MariaDB logs it as text where the session has another format.
TEST_CASE("ATruncateOfATemporaryTableLeavesTheCapturedOneOfItsNameFull") {
  on_each([](SourceFixture& fixture) {
    fixture.execute(
        "SET SESSION binlog_format = MIXED; CREATE TEMPORARY TABLE orders (id int); "
        "TRUNCATE TABLE orders; DROP TEMPORARY TABLE orders; SET SESSION binlog_format = ROW");
    fixture.catch_up();
    fixture.wait_equal("orders");
    check_goes_on(fixture);
  });
}

TEST_CASE("AnIndexThatIsAddedStopsNothing") {
  on_each([](SourceFixture& fixture) {
    fixture.execute("ALTER TABLE orders ADD INDEX by_customer (customer)");
    check_goes_on(fixture);
    CHECK(fixture.source().status().stopped_tables.empty());
    CHECK(fixture.changes("orders").size() == 4);  // the first copy's two, and the update's
  });
}

// A unique key is no part of what the binlog says of a table.
TEST_CASE("ATableThatLosesTheUniqueKeyItIsKnownByIsCopiedAnewByAnother") {
  auto test = [](SourceFixture& fixture) {
    fixture.execute(
        "DROP INDEX k1 ON keyed; INSERT INTO keyed VALUES (1, 13, 'dup'); "
        "DELETE FROM keyed WHERE v = 'x'");
    fixture.wait_for_stopped("keyed");
    fixture.wait_equal("keyed");
    check_goes_on(fixture);
  };
  on_each(test,
          "; CREATE TABLE keyed (id int NOT NULL, b int NOT NULL, v varchar(9), UNIQUE KEY k1 (id),"
          " UNIQUE KEY k2 (b)); INSERT INTO keyed VALUES (1, 11, 'x'), (2, 12, 'y')");
}

TEST_CASE("RowsThatAnIgnoringAlterationRemovesAreGone") {
  on_each([](SourceFixture& fixture) {
    if (fixture.server().kind() != MysqlKind::mariadb) return;  // MySQL has no such statement
    fixture.execute("INSERT INTO orders VALUES (3, 'Ann', 3)");
    fixture.catch_up();
    fixture.execute("ALTER IGNORE TABLE orders ADD UNIQUE KEY u (customer)");
    fixture.wait_for_stopped("orders");
    fixture.wait_equal("orders");
    check_goes_on(fixture);
  });
}

TEST_CASE("AStatementInTheSessionsCharacterSetIsKnownToConcernItsTable") {
  auto test = [](SourceFixture& fixture) {
    fixture.execute("SET NAMES latin1; TRUNCATE TABLE t_\xE9t\xE9; SET NAMES utf8mb4");
    fixture.wait_equal("t_été");
    check_goes_on(fixture);
  };
  on_each(test, "; CREATE TABLE `t_été` (id int PRIMARY KEY); INSERT INTO `t_été` VALUES (1), (2)");
}

}  // namespace
}  // namespace leat::test

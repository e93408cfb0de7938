// Tables that are altered while they are captured: copied anew by themselves, the others go on.

#include <catch2/catch.hpp>

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
void on_each(const Test& test) {
  for (MysqlKind kind : {MysqlKind::mariadb, MysqlKind::mysql}) {
    MysqlServer* server = shared_server(kind);
    if (server == nullptr) continue;
    INFO(to_text(kind));
    SourceFixture fixture(server, kShop);
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

TEST_CASE("AnIndexThatIsAddedStopsNothing") {
  on_each([](SourceFixture& fixture) {
    fixture.execute("ALTER TABLE orders ADD INDEX by_customer (customer)");
    check_goes_on(fixture);
    CHECK(fixture.source().status().stopped_tables.empty());
    CHECK(fixture.changes("orders").size() == 4);  // the first copy's two, and the update's
  });
}

}  // namespace
}  // namespace leat::test

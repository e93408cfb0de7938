// Transactions that go to the log while they are still being received.

#include <catch2/catch.hpp>
#include <thread>

#include "tests/mysql/support/binlog_fixture.h"
#include "tests/mysql/support/source_fixture.h"

namespace leat::test {
namespace {

using cdc::SourceState;
using namespace std::chrono_literals;

constexpr const char* kTables =
    "CREATE TABLE big (id int PRIMARY KEY, body text); CREATE TABLE digits (n int PRIMARY KEY);"
    "INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)";
constexpr size_t kRows = 10'000;  // 20 MB

void insert_all(SourceFixture& fixture) {
  fixture.execute(
      "INSERT INTO big SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n, "
      "repeat('x', 2000) FROM digits a, digits b, digits c, digits d, digits e WHERE e.n < 1");
}

// Ends the connection that the binlog is sent through, where there is one.
void cut_stream(SourceFixture& fixture) {
  auto ids = fixture.client().query(
      "SELECT id FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'");
  REQUIRE(ids.ok());
  for (const TextRow& id : *ids) (void)fixture.client().execute("KILL " + id[0].value());
}

void check_cuts(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  SourceFixture fixture(server, kTables);
  fixture.start();
  fixture.wait_for_state(SourceState::streaming);
  fixture.execute("INSERT INTO big VALUES (-1, 'before')");
  insert_all(fixture);
  for (int i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(20ms * i);  // wherever it is then
    cut_stream(fixture);
    fixture.wait_for_state(SourceState::streaming);
  }
  fixture.execute("INSERT INTO big VALUES (-2, 'behind')");
  fixture.catch_up();
  fixture.check_equal("big");
  CHECK(fixture.changes("big").size() == kRows + 2);
}

TEST_CASE("ALargeTransactionWhoseConnectionIsCutIsThereOnceAndWholeOnMariaDb") {
  check_cuts(MysqlKind::mariadb);
}
TEST_CASE("ALargeTransactionWhoseConnectionIsCutIsThereOnceAndWholeOnMySql") {
  check_cuts(MysqlKind::mysql);
}

TEST_CASE("AStopInTheMiddleOfALargeTransactionLeavesItForTheNextStart") {
  MysqlServer* server = shared_server(MysqlKind::mariadb);
  if (server == nullptr) return;
  SourceFixture fixture(server, kTables);
  fixture.start();
  fixture.wait_for_state(SourceState::streaming);
  insert_all(fixture);
  for (int i = 0; i < 4; ++i) {
    std::this_thread::sleep_for(20ms * i);
    fixture.stop();
    fixture.start();
    size_t seen = fixture.changes("big").size();
    CHECK((seen == 0 || seen == kRows));
  }
  fixture.execute("DELETE FROM big WHERE id % 100 <> 0");
  fixture.catch_up();
  fixture.check_equal("big");
}

}  // namespace
}  // namespace leat::test

// What the servers log of a foreign key's cascades: the reason why child tables are refused.
#include <catch2/catch.hpp>

#include "cdc/mysql/catalog.h"
#include "tests/cdc/mysql/support/binlog_replay.h"
#include "tests/mysql/support/binlog_fixture.h"
#include "tests/mysql/support/connect.h"
#include "tests/mysql/support/source_fixture.h"

namespace leat::test {
namespace {

// The rows of a child table by the binlog, when the server has deleted them by a cascade.
std::vector<ReplayedRow> logged_after_cascade(MysqlServer& server) {
  auto client = MysqlClient::connect(server.port());
  REQUIRE(
      (*client)
          ->execute("DROP DATABASE IF EXISTS cascading; CREATE DATABASE cascading; USE cascading;"
                    "CREATE TABLE p (id int PRIMARY KEY);"
                    "CREATE TABLE c (id int PRIMARY KEY, p int, FOREIGN KEY (p) REFERENCES p "
                    "(id) ON DELETE CASCADE)")
          .ok());
  auto file = BinlogFile::begin(&server, client->get());
  REQUIRE(file.ok());
  REQUIRE((*client)
              ->execute("INSERT INTO p VALUES (1); INSERT INTO c VALUES (10, 1); DELETE FROM p")
              .ok());
  CHECK((*client)->value("SELECT count(*) FROM c").value() == "0");
  auto bytes = file->finish();
  REQUIRE(bytes.ok());
  BinlogReplay replay;
  REQUIRE(replay.run(*bytes).ok());
  return replay.tables().at("cascading.c").rows;
}

void check_logged(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  cdc::StopSignal stop;
  auto client = cdc::mysql::Client::open(connect_options(*server), &stop);
  REQUIRE(client.ok());
  auto facts = cdc::mysql::read_server_facts(**client);
  REQUIRE(facts.ok());
  CHECK(logged_after_cascade(*server).empty() == facts->logs_cascades);
  CHECK(facts->logs_cascades == (kind == MysqlKind::mysql));  // the tests' is 9.7
}

TEST_CASE("CascadesAreNotLoggedAndThatIsKnownOnMariaDb") {
  check_logged(MysqlKind::mariadb);
}
TEST_CASE("CascadesAreLoggedAndThatIsKnownOnMySql") {
  check_logged(MysqlKind::mysql);
}

TEST_CASE("ACascadeThatIsAddedLaterStopsItsTableForGoodOnMariaDb") {
  MysqlServer* server = shared_server(MysqlKind::mariadb);
  if (server == nullptr) return;
  SourceFixture fixture(server,
                        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, "
                        "p int); INSERT INTO p VALUES (1); INSERT INTO c VALUES (10, 1)");
  fixture.start();
  fixture.wait_for_state(cdc::SourceState::streaming);
  fixture.execute("ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE");
  fixture.wait_for_stopped("c");
  fixture.execute("DELETE FROM p");
  fixture.catch_up();
  fixture.stop();
  fixture.start();
  fixture.wait_for_state(cdc::SourceState::streaming);
  fixture.wait_for_stopped("c");
  fixture.catch_up();
  fixture.check_equal("p");
}

}  // namespace
}  // namespace leat::test

// Generated columns are logged like all others, virtual ones too: so a captured table has them.
#include <catch2/catch.hpp>

#include "tests/cdc/mysql/support/binlog_replay.h"
#include "tests/mysql/support/binlog_fixture.h"

namespace leat::test {
namespace {

void check_logged(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  auto client = MysqlClient::connect(server->port());
  REQUIRE((*client)
              ->execute("DROP DATABASE IF EXISTS made; CREATE DATABASE made; CREATE TABLE made.t "
                        "(id int PRIMARY KEY, v int AS (id * 2) VIRTUAL, s int AS (id * 3) STORED, "
                        "h int INVISIBLE DEFAULT 7)")
              .ok());
  auto file = BinlogFile::begin(server, client->get());
  REQUIRE(file.ok());
  REQUIRE((*client)->execute("INSERT INTO made.t (id) VALUES (1), (2)").ok());
  REQUIRE((*client)->execute("UPDATE made.t SET id = 5 WHERE id = 2").ok());
  auto bytes = file->finish();
  REQUIRE(bytes.ok());
  BinlogReplay replay;
  Status status = replay.run(*bytes);
  if (!status.ok()) FAIL(status.error().message());
  const ReplayedTable& table = replay.tables().at("made.t");
  CHECK(table.columns == std::vector<std::string>{"id", "v", "s", "h"});
  CHECK(table.rows == std::vector<ReplayedRow>{{"1", "2", "3", "7"}, {"5", "10", "15", "7"}});
}

TEST_CASE("GeneratedAndInvisibleColumnsAreLoggedOnMariaDb") {
  check_logged(MysqlKind::mariadb);
}
TEST_CASE("GeneratedAndInvisibleColumnsAreLoggedOnMySql") {
  check_logged(MysqlKind::mysql);
}

}  // namespace
}  // namespace leat::test

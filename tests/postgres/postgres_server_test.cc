#include "tests/support/postgres_server.h"

#include <catch2/catch.hpp>

using leat::test::PostgresClient;
using leat::test::PostgresServer;

TEST_CASE("PrivateServerKeepsItsDataOverARestart") {
  auto server = PostgresServer::start();
  REQUIRE(server.ok());
  auto client = PostgresClient::connect((*server)->uri());
  REQUIRE(client.ok());
  REQUIRE((*client)->execute("CREATE TABLE t (a int PRIMARY KEY, b text)").ok());
  REQUIRE((*client)->copy_in("COPY t FROM STDIN", "1\tone\n2\t\\N\n").ok());
  REQUIRE((*server)->restart("fast").ok());
  client = PostgresClient::connect((*server)->uri());
  REQUIRE(client.ok());
  auto rows = (*client)->query("SELECT b FROM t ORDER BY a");
  REQUIRE(rows.ok());
  CHECK((*rows)[0][0] == "one");
  CHECK_FALSE((*rows)[1][0].has_value());
  CHECK((*client)->value("SHOW wal_level").value() == "logical");
}

// Subtransactions that were rolled back, also where the server's stream does not say so.
#include <catch2/catch.hpp>

#include "tests/postgres/support/source_fixture.h"

namespace leat::cdc::test {
namespace {

using leat::test::PostgresClient;

const char* const kTables =
    "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL); CREATE TABLE other (id int PRIMARY KEY);"
    "INSERT INTO t SELECT i, repeat('x', 400) FROM generate_series(1, 6000) i;";

std::unique_ptr<PostgresClient> writer_of(SourceFixture& f) {
  auto client = PostgresClient::connect(shared_server().uri(f.database()));
  REQUIRE(client.ok());
  return std::move(*client);
}

void run(PostgresClient& client, const std::string& statements) {
  auto done = client.execute(statements);
  if (!done.ok()) FAIL(done.error().message());
}

// PostgreSQL 15.20 leaves the Stream Abort out where the walsender had to spill more than 4096
// changes of the subtransaction before it could stream them, and fewer came behind than it streams
// at a time. How many decides, so several are tried.
TEST_CASE("ASubtransactionThatWasRolledBackAcrossARestartOfTheSourceLeavesNothing") {
  int last = GENERATE(5650, 5850);
  SourceFixture f(kTables);
  f.start();
  f.catch_up();
  auto writer = writer_of(f);
  run(*writer,
      "BEGIN; UPDATE t SET a = a || 'y' WHERE id % 3 = 0; SAVEPOINT s; DELETE FROM t WHERE "
      "id <= " +
          std::to_string(last));
  f.execute("INSERT INTO other VALUES (1)");
  f.catch_up();
  f.stop();
  run(*writer, "DELETE FROM t; ROLLBACK TO s; DELETE FROM t WHERE id % 50 = 7; COMMIT");
  f.start();
  f.catch_up();
  CHECK(f.source().status().stopped_tables.empty());
  f.check_equal("t");
}

TEST_CASE("ASubtransactionThatEndedWellAcrossARestartOfTheSourceCounts") {
  SourceFixture f(kTables);
  f.start();
  f.catch_up();
  auto writer = writer_of(f);
  run(*writer,
      "BEGIN; UPDATE t SET a = a || 'y' WHERE id % 3 = 0; SAVEPOINT s; DELETE FROM t WHERE "
      "id <= 5800");
  f.execute("INSERT INTO other VALUES (1)");
  f.catch_up();
  f.stop();
  run(*writer,
      "DELETE FROM t WHERE id <= 5900; RELEASE s; SAVEPOINT s; INSERT INTO t VALUES (1, 'again'); "
      "COMMIT");
  f.start();
  f.catch_up();
  f.check_equal("t");
}

}  // namespace
}  // namespace leat::cdc::test

// Sessions of others that have a captured table locked, or wait for ours.
#include <catch2/catch.hpp>
#include <thread>

#include "cdc/postgres/check.h"
#include "tests/postgres/support/source_fixture.h"

namespace leat::cdc::test {
namespace {

using leat::test::PostgresClient;

const char* const kSmallTable =
    "CREATE TABLE t (id int PRIMARY KEY, a text, b text); "
    "INSERT INTO t VALUES (1, 'one', 'b'), (2, 'two', NULL);";

// Another session that has TABLE in ACCESS EXCLUSIVE mode, as VACUUM FULL and many an ALTER TABLE.
std::unique_ptr<PostgresClient> locking_session(SourceFixture& f, const std::string& table) {
  auto session = PostgresClient::connect(shared_server().uri(f.database()));
  REQUIRE(session.ok());
  REQUIRE((*session)->execute("BEGIN; LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE").ok());
  return std::move(*session);
}

TEST_CASE("ALockedTableKeepsNobodyWaiting") {
  SourceFixture f(std::string(kSmallTable) + "CREATE TABLE locked (id int PRIMARY KEY);" +
                  "CREATE TABLE not_captured (id int);");
  f.execute("CREATE PUBLICATION leat_" + f.config.name + " FOR ALL TABLES");
  f.config.tables = {"public.t", "public.marker", "public.locked"};
  f.start();
  f.catch_up();
  auto locked = locking_session(f, "locked, not_captured");
  f.source_polled();
  f.execute("UPDATE t SET a = 'while another was locked'");
  f.catch_up();
  f.check_equal("t");
  f.stop();
  f.execute("UPDATE t SET a = 'while it was down'");
  f.start();
  f.catch_up();
  f.check_equal("t");
  auto report = check_postgres(f.config);
  CHECK(report.ok());
  REQUIRE(locked->execute("INSERT INTO locked VALUES (1); COMMIT").ok());
  f.catch_up();
  f.check_equal("locked");
}

TEST_CASE("ALockAtTheFirstStartIsWaitedForAndNamed") {
  SourceFixture f(kSmallTable);
  f.execute("CREATE PUBLICATION leat_" + f.config.name + " FOR TABLE t, marker");
  auto locked = locking_session(f, "t");
  f.start();
  f.wait_until("what it waits for", [&] {
    return f.source().status().last_error.find("transactions that are open now") !=
           std::string::npos;
  });
  REQUIRE(locked->execute("INSERT INTO t VALUES (3, 'three', NULL); COMMIT").ok());
  f.catch_up();
  f.check_equal("t");
  CHECK(f.source().status().last_error.empty());
}

// A second session of ours that wanted a lock later would queue behind it, and it behind our first.
TEST_CASE("ATruncateThatWaitsForTheCopyDoesNotHoldItUp") {
  SourceFixture f(
      "CREATE TABLE a (id int PRIMARY KEY, v text);"
      "INSERT INTO a SELECT g, repeat('x', 200) FROM generate_series(1, 150000) g;"
      "CREATE TABLE z (id int PRIMARY KEY); INSERT INTO z VALUES (1);");
  f.config.snapshot_connections = 1;
  f.start();
  f.wait_until("the copy of a", [&] {
    return *f.sql().value(
               "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' "
               "AND query LIKE 'COPY%'") != "0";
  });
  std::thread truncates([&] { static_cast<void>(f.sql().execute("TRUNCATE z")); });
  bool tried_again = false;
  f.wait_until("the stream", [&] {
    auto state = f.source().status().state;
    tried_again = tried_again || state == SourceState::retrying;
    return state == SourceState::streaming || tried_again;
  });
  truncates.join();
  CHECK_FALSE(tried_again);
  f.catch_up();
  f.check_equal("a");
  f.check_equal("z");
}

}  // namespace
}  // namespace leat::cdc::test

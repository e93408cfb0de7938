// A source against a real server: what the topics hold equals what the tables hold, with every
// change in between.
#include <catch2/catch.hpp>

#include "tests/postgres/support/source_fixture.h"

namespace leat::cdc::test {
namespace {

const char* const kAllTypes = R"(
CREATE TABLE every_type (
  id bigint PRIMARY KEY, flag boolean, i2 smallint, i4 integer, f4 real, f8 double precision,
  n numeric, n2 numeric(12,3), t text, v varchar(20), c char(5), b bytea, u uuid, d date, ti time,
  tz timetz, ts timestamp, tstz timestamptz, iv interval, j json, jb jsonb);
INSERT INTO every_type (id) VALUES (1);
INSERT INTO every_type VALUES
 (2, true, -32768, 2147483647, 1.5, -0.1, 'NaN', 12.345, 'plain', 'varchar', 'ab', '\xdeadbeef',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '2000-01-01', '23:59:59.999999', '12:00:00+05:30',
  '1999-12-31 23:59:59.5', '2020-02-29 12:00:00+00', '1 year 2 mons 3 days 04:05:06.789',
  '{"a": [1, null]}', '{"b": 2, "a": 1}'),
 (3, false, 32767, -2147483648, 'Infinity', '-Infinity', '-Infinity', -999999999.999, '', '', '',
  '', '00000000-0000-0000-0000-000000000000', 'infinity', '00:00:00', '00:00:00-12', '-infinity',
  'infinity', '-1 day -00:00:01', '[]', '"x"'),
 (4, null, 0, 0, 'NaN', 'NaN', 123456789012345678901234567890.000100, 0, E'quote '' back\\slash\n',
  'ümläut', 'é', '\x00ff', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '0044-03-15 BC', '24:00:00',
  '01:02:03.000004+00', '0001-01-01 00:00:00 BC', '294276-12-31 23:59:59.999999+00', '0',
  'null', 'null'),
 (5, true, 1, 1, 1e-30, 1e300, -0.000000001, 1, repeat('long ', 2000), 'x', 'y', '\x01',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '5874897-12-31', '00:00:00.000001', '00:00:00+00',
  '2000-01-01 00:00:00', '2000-01-01 00:00:00+00', '178000000 years', '1', '1');
)";

TEST_CASE("SnapshotAndStreamHoldEveryTypeAsTheServerPrintsIt") {
  SourceFixture f(kAllTypes);
  f.start();
  f.catch_up();
  f.check_equal("every_type");
  for (const TopicChange& change : f.changes("every_type")) CHECK(change.transaction == 0);
  f.execute(
      "INSERT INTO every_type SELECT id + 100, flag, i2, i4, f4, f8, n, n2, t, v, c, b, u, d, "
      "ti, tz, ts, tstz, iv, j, jb FROM every_type");
  f.execute("UPDATE every_type SET i4 = 7, jb = '{\"z\": 1}' WHERE id > 100");
  f.catch_up();
  f.check_equal("every_type");
}

void run_changes(SourceFixture& f) {
  f.execute("INSERT INTO t VALUES (3, 'three', NULL)");
  f.execute("UPDATE t SET a = 'other' WHERE id = 1");
  f.execute("UPDATE t SET id = 10 WHERE id = 1");
  f.execute("DELETE FROM t WHERE id = 2");
  f.execute(
      "BEGIN; INSERT INTO t VALUES (20, 'x', 'y'); UPDATE t SET a = 'z' WHERE id = 20; "
      "DELETE FROM t WHERE id = 20; INSERT INTO t VALUES (20, 'again', 'y'); "
      "UPDATE t SET id = id + 1000; COMMIT");
  f.execute("BEGIN; INSERT INTO t VALUES (30, 'x', 'y'); ROLLBACK");
  f.execute(
      "BEGIN; INSERT INTO t VALUES (40, 'x', 'y'); SAVEPOINT s; INSERT INTO t VALUES (41, 'x', "
      "'y'); ROLLBACK TO s; INSERT INTO t VALUES (42, 'x', 'y'); COMMIT");
}

const char* const kSmallTable =
    "CREATE TABLE t (id int PRIMARY KEY, a text, b text); "
    "INSERT INTO t VALUES (1, 'one', 'b'), (2, 'two', NULL);";

TEST_CASE("ChangesUnderTheDefaultIdentityCarryTheRowBefore") {
  SourceFixture f(kSmallTable);
  f.start();
  f.catch_up();
  run_changes(f);
  f.catch_up();
  f.check_equal("t");
}

TEST_CASE("ChangesUnderFullIdentityCarryTheRowBefore") {
  SourceFixture f(std::string(kSmallTable) + "ALTER TABLE t REPLICA IDENTITY FULL;");
  f.start();
  f.catch_up();
  run_changes(f);
  f.catch_up();
  f.check_equal("t");
}

TEST_CASE("AnIndexAsReplicaIdentityIsTheKey") {
  SourceFixture f(
      "CREATE TABLE t (a text, b text, id int NOT NULL UNIQUE); "
      "INSERT INTO t VALUES ('one', 'b', 1), ('two', NULL, 2); "
      "ALTER TABLE t REPLICA IDENTITY USING INDEX t_id_key;");
  f.start();
  f.catch_up();
  f.execute(
      "UPDATE t SET a = 'other' WHERE id = 1; UPDATE t SET id = 10 WHERE id = 1; "
      "DELETE FROM t WHERE id = 2; INSERT INTO t VALUES (NULL, NULL, 5)");
  f.catch_up();
  f.check_equal("t");
}

void run_toast_changes(SourceFixture& f) {
  // Incompressible, so that it is stored out of line.
  f.execute(
      "INSERT INTO t SELECT g, string_agg(md5(g::text || i), ''), 'small' FROM "
      "generate_series(3, 4) g, generate_series(1, 1000) i GROUP BY g");
  f.execute("UPDATE t SET b = 'changed'");
  f.execute("UPDATE t SET id = id + 100");
  f.execute("BEGIN; UPDATE t SET b = 'twice'; UPDATE t SET b = 'thrice'; COMMIT");
  f.execute("UPDATE t SET a = NULL WHERE id = 103");
}

TEST_CASE("UnchangedToastIsFilledUnderTheDefaultIdentity") {
  SourceFixture f(kSmallTable);
  f.start();
  f.catch_up();
  run_toast_changes(f);
  f.catch_up();
  f.check_equal("t");
}

TEST_CASE("UnchangedToastIsFilledUnderFullIdentity") {
  SourceFixture f(std::string(kSmallTable) + "ALTER TABLE t REPLICA IDENTITY FULL;");
  f.start();
  f.catch_up();
  run_toast_changes(f);
  f.catch_up();
  f.check_equal("t");
}

TEST_CASE("TruncateEmptiesEveryTableThatItNames") {
  SourceFixture f(std::string(kSmallTable) +
                  "CREATE TABLE child (id int PRIMARY KEY REFERENCES t, x int); "
                  "INSERT INTO child VALUES (1, 1);");
  f.start();
  f.catch_up();
  f.execute("TRUNCATE t, child");
  f.catch_up();
  f.check_equal("t");
  f.check_equal("child");
  f.execute("INSERT INTO t VALUES (1, 'new', NULL)");
  f.execute(
      "BEGIN; INSERT INTO t VALUES (5, 'gone', NULL); TRUNCATE t CASCADE; "
      "INSERT INTO t VALUES (5, 'a', NULL), (6, 'b', NULL); UPDATE t SET a = 'c' WHERE id = 6; "
      "TRUNCATE t CASCADE; INSERT INTO t VALUES (6, 'd', NULL); COMMIT");
  f.execute("UPDATE t SET a = 'e'");
  f.catch_up();
  f.check_equal("t");
  f.check_equal("child");
}

TEST_CASE("RowsThatTradeDeferrableKeysEndAsTheTableDoes") {
  SourceFixture f(
      "CREATE TABLE t (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, a text); "
      "ALTER TABLE t REPLICA IDENTITY FULL; INSERT INTO t VALUES (1, 'a'), (2, 'b');");
  f.start();
  f.catch_up();
  f.execute("UPDATE t SET id = 3 - id");
  f.execute(
      "BEGIN; INSERT INTO t VALUES (1, 'new'); DELETE FROM t WHERE id = 1 AND a <> 'new'; "
      "COMMIT");
  f.catch_up();
  f.check_equal("t");
}

TEST_CASE("LargeTransactionsAreStreamedAndTheirRolledBackPartsLeftOut") {
  SourceFixture f(kSmallTable);
  f.config.transaction_memory_bytes_max = 1 << 20;
  f.start();
  f.catch_up();
  auto other = leat::test::PostgresClient::connect(f.config.uri);
  REQUIRE(other.ok());
  f.execute(
      "BEGIN; INSERT INTO t SELECT g, repeat('x', 100), 'first' FROM generate_series(1000, "
      "20000) g; SAVEPOINT s; UPDATE t SET b = 'rolled back' WHERE id >= 1000");
  REQUIRE((*other)
              ->execute("BEGIN; INSERT INTO t SELECT g, 'y', 'other' FROM "
                        "generate_series(50000, 60000) g")
              .ok());
  f.execute(
      "ROLLBACK TO s; UPDATE t SET b = 'second' WHERE id BETWEEN 1000 AND 9000; SAVEPOINT u; "
      "DELETE FROM t WHERE id BETWEEN 2000 AND 3000; RELEASE u");
  REQUIRE((*other)->execute("COMMIT").ok());
  f.execute("COMMIT");
  f.execute(
      "BEGIN; INSERT INTO t SELECT g, 'z', 'never' FROM generate_series(100000, 120000) g; "
      "ROLLBACK");
  f.catch_up();
  f.check_equal("t");
  auto left = Fs::posix().list_dir(f.config.spill_dir);
  REQUIRE(left.ok());
  CHECK(left->empty());
}

TEST_CASE("QuotedAndMixedCaseNamesAreCapturedAsTheyAre") {
  SourceFixture f(R"(CREATE TABLE "Order Lines" ("Id" int PRIMARY KEY, "id" text, "a""b" text);
                     INSERT INTO "Order Lines" VALUES (1, 'x', 'y');)");
  f.start();
  f.catch_up();
  f.execute(R"(UPDATE "Order Lines" SET "id" = 'z')");
  f.catch_up();
  CHECK(f.changes("Order Lines").size() == 2);
}

TEST_CASE("TablesWhoseNamesDifferByTheirQuotesAloneAreTwoTopics") {
  SourceFixture f(R"(CREATE SCHEMA a; CREATE SCHEMA "a.b";
                     CREATE TABLE a."b.c" (id int PRIMARY KEY);
                     CREATE TABLE "a.b".c (id int PRIMARY KEY);
                     INSERT INTO a."b.c" VALUES (1); INSERT INTO "a.b".c VALUES (10), (11);)");
  f.config.tables = {"*.*"};
  f.start();
  f.catch_up();
  f.execute(R"(INSERT INTO a."b.c" VALUES (2); INSERT INTO "a.b".c VALUES (12), (13);)");
  f.catch_up();
  CHECK(leat::test::topic_changes(f.log(), f.config.name + ".a.b.c")->size() == 2);
  CHECK(leat::test::topic_changes(f.log(), f.config.name + ".\"a.b\".c")->size() == 4);
}

TEST_CASE("GeneratedColumnsAreLeftOut") {
  SourceFixture f(
      "CREATE TABLE t (id int PRIMARY KEY, a int, twice int GENERATED ALWAYS AS (a * 2) "
      "STORED); INSERT INTO t VALUES (1, 5);");
  f.start();
  f.catch_up();
  f.execute("UPDATE t SET a = 6");
  f.catch_up();
  auto changes = f.changes("t");
  REQUIRE(changes.size() == 2);
  CHECK(changes[1].before == "1|5");
  CHECK(changes[1].after == "1|6");
}

}  // namespace
}  // namespace leat::cdc::test

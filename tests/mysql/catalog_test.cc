// What the servers' catalogs say of tables.
#include "cdc/mysql/catalog.h"

#include <catch2/catch.hpp>

#include "tests/mysql/support/binlog_fixture.h"
#include "tests/mysql/support/connect.h"

namespace leat::test {
namespace {

using namespace cdc::mysql;  // NOLINT: what is tested here

// A connection to a server that has the tables of SQL in the database `listed`.
struct Listed {
  cdc::StopSignal stop;
  std::unique_ptr<Client> client;

  Listed(const MysqlServer& server, const std::string& sql) {
    auto admin = MysqlClient::connect(server.port());
    Status made = (*admin)->execute(
        "DROP DATABASE IF EXISTS listed; CREATE DATABASE listed; USE listed; " + sql);
    if (!made.ok()) FAIL(made.error().message());
    auto opened = Client::open(connect_options(server), &stop);
    if (!opened.ok()) FAIL(opened.error().message());
    client = std::move(*opened);
  }

  std::vector<TableFacts> tables(const std::string& pattern = "listed.*") const {
    auto read = read_tables(*client, {pattern});
    if (!read.ok()) FAIL(read.error().message());
    return *read;
  }
};

using Names = std::vector<std::string>;

void check_keys(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  Listed listed(*server,
                "CREATE TABLE a (x int, y int, PRIMARY KEY (y, x), UNIQUE (x));"
                "CREATE TABLE b (x int NOT NULL, y int, UNIQUE by_y (y), UNIQUE by_x (x));"
                "CREATE TABLE c (x varchar(100), PRIMARY KEY (x(10)));"
                "CREATE TABLE d (x int, INDEX (x));"
                "CREATE VIEW e AS SELECT 1 AS x;"
                "CREATE TABLE `f``\"' \\\\` (`x``\\\\` int PRIMARY KEY)");
  auto tables = listed.tables();
  REQUIRE(tables.size() == 5);
  REQUIRE(tables[0].keys.size() == 2);
  CHECK(tables[0].keys[0].columns == Names{"y", "x"});
  CHECK(tables[0].keys[1].columns == Names{"x"});
  REQUIRE(tables[1].keys.size() == 1);
  CHECK(tables[1].keys[0].columns == Names{"x"});
  CHECK(tables[2].keys.empty());
  CHECK(tables[3].keys.empty());
  CHECK(tables[4].keys.size() == 1);
  CHECK(listed.client->query("SELECT * FROM " + tables[4].quoted_name()).ok());
  CHECK(listed.tables("listed.?").size() == 4);
}

TEST_CASE("KeysAreThoseThatTellAllRowsApartOnMariaDb") {
  check_keys(MysqlKind::mariadb);
}
TEST_CASE("KeysAreThoseThatTellAllRowsApartOnMySql") {
  check_keys(MysqlKind::mysql);
}

void check_cascades(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  Listed listed(*server,
                "CREATE TABLE p (id int PRIMARY KEY);"
                "CREATE TABLE a (id int PRIMARY KEY, p int, CONSTRAINT harmless FOREIGN KEY (p) "
                "REFERENCES p (id) ON DELETE RESTRICT);"
                "CREATE TABLE b (id int PRIMARY KEY, p int, CONSTRAINT grave FOREIGN KEY (p) "
                "REFERENCES p (id) ON DELETE CASCADE ON UPDATE SET NULL)");
  auto tables = listed.tables();
  REQUIRE(tables.size() == 3);
  CHECK(tables[0].cascades.empty());
  REQUIRE(tables[1].cascades.size() == 1);
  CHECK(tables[1].cascades[0].constraint == "grave");
  CHECK(tables[1].cascades[0].parent == "listed.p");
  CHECK(tables[1].cascades[0].rules == "ON DELETE CASCADE, ON UPDATE SET NULL");
  CHECK(tables[2].cascades.empty());
}

TEST_CASE("ForeignKeysThatChangeRowsAreListedOnMariaDb") {
  check_cascades(MysqlKind::mariadb);
}
TEST_CASE("ForeignKeysThatChangeRowsAreListedOnMySql") {
  check_cascades(MysqlKind::mysql);
}

void check_defaults(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  Listed listed(
      *server,
      "CREATE TABLE t (id int PRIMARY KEY, none int, null_itself int DEFAULT NULL, zero int "
      "DEFAULT 0, text varchar(9) DEFAULT 'NULL', must int NOT NULL, since timestamp NULL "
      "DEFAULT current_timestamp, computed int AS (id), expression int DEFAULT (1 + 1))");
  std::vector<std::string> null;
  auto tables = listed.tables();
  for (const ColumnFacts& column : tables[0].columns) {
    if (column.null_by_default) null.push_back(column.name);
  }
  CHECK(null == Names{"none", "null_itself"});
}

TEST_CASE("ColumnsThatAreNullByDefaultAreSeenOnMariaDb") {
  check_defaults(MysqlKind::mariadb);
}
TEST_CASE("ColumnsThatAreNullByDefaultAreSeenOnMySql") {
  check_defaults(MysqlKind::mysql);
}

TEST_CASE("EnginesVersioningAndJsonAreSeenOnMariaDb") {
  MysqlServer* server = shared_server(MysqlKind::mariadb);
  if (server == nullptr) return;
  Listed listed(*server,
                "CREATE TABLE a (id int PRIMARY KEY) ENGINE = MyISAM;"
                "CREATE TABLE b (id int PRIMARY KEY) WITH SYSTEM VERSIONING;"
                "CREATE TABLE c (id int PRIMARY KEY, j json, t longtext);"
                "CREATE SEQUENCE s");
  auto tables = listed.tables();
  REQUIRE(tables.size() == 3);
  CHECK(tables[0].engine == "MyISAM");
  CHECK(tables[1].is_versioned);
  CHECK_FALSE(tables[2].is_versioned);
  CHECK(tables[2].columns[1].is_json);
  CHECK_FALSE(tables[2].columns[2].is_json);
}

void check_server(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  Listed listed(*server, "CREATE TABLE t (id int PRIMARY KEY)");
  auto facts = read_server_facts(*listed.client);
  if (!facts.ok()) FAIL(facts.error().message());
  CHECK(facts->binlog_is_on);
  CHECK(facts->binlog_format == "ROW");
  CHECK(facts->binlog_row_metadata == "FULL");
  CHECK(facts->binlog_row_image == "FULL");
  CHECK(facts->has_gtids());
  CHECK(facts->may_read_binlog);
  CHECK(facts->may_see_position);
  CHECK(facts->may_lock);
  CHECK_FALSE(facts->is_replica);
  CHECK_FALSE(facts->identity.empty());
  auto before = read_binlog_end(*listed.client, *facts);
  REQUIRE(listed.client->execute("INSERT INTO listed.t VALUES (1)").ok());
  auto after = read_binlog_end(*listed.client, *facts);
  REQUIRE(before.ok());
  REQUIRE(after.ok());
  CHECK(before->file == after->file);
  CHECK(before->offset < after->offset);
  CHECK(after->gtids.contains(before->gtids));
  CHECK(after->mariadb_gtids.contains(before->mariadb_gtids));
  CHECK_FALSE(*before == *after);
}

TEST_CASE("TheServerSaysItsSettingsRightsAndPositionOnMariaDb") {
  check_server(MysqlKind::mariadb);
}
TEST_CASE("TheServerSaysItsSettingsRightsAndPositionOnMySql") {
  check_server(MysqlKind::mysql);
}

void check_rights(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  Listed listed(*server,
                "CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE u (id int PRIMARY KEY);"
                "DROP USER IF EXISTS poor@'127.0.0.1'; CREATE USER poor@'127.0.0.1';"
                "GRANT SELECT ON listed.t TO poor@'127.0.0.1'; GRANT INSERT ON listed.u TO "
                "poor@'127.0.0.1'");
  ConnectOptions options = connect_options(*server);
  options.user = "poor";
  cdc::StopSignal stop;
  auto client = Client::open(options, &stop);
  if (!client.ok()) FAIL(client.error().message());
  auto facts = read_server_facts(**client);
  if (!facts.ok()) FAIL(facts.error().message());
  CHECK_FALSE(facts->may_read_binlog);
  CHECK_FALSE(facts->may_see_position);
  CHECK_FALSE(facts->may_lock);
  CHECK(facts->user == "'poor'@'127.0.0.1'");
  auto tables = read_tables(**client, {"listed.*"});
  REQUIRE(tables.ok());
  REQUIRE(tables->size() == 2);
  CHECK((*tables)[0].columns[0].may_select);
  CHECK_FALSE((*tables)[1].columns[0].may_select);
}

TEST_CASE("WhatAUserMayNotDoIsSeenOnMariaDb") {
  check_rights(MysqlKind::mariadb);
}
TEST_CASE("WhatAUserMayNotDoIsSeenOnMySql") {
  check_rights(MysqlKind::mysql);
}

}  // namespace
}  // namespace leat::test

// What a user sees who has no more than the grants that docs/configuration.md names.
#include <algorithm>
#include <catch2/catch.hpp>

#include "cdc/mysql/capture_rules.h"
#include "cdc/mysql/catalog.h"
#include "cdc/mysql/check.h"
#include "tests/mysql/support/binlog_fixture.h"
#include "tests/mysql/support/connect.h"
#include "tests/mysql/support/replica.h"

namespace leat::test {
namespace {

using namespace cdc::mysql;  // NOLINT: what is tested here

constexpr const char* kUser = "least@'127.0.0.1'";

// A database with the tables of SQL, and the user.
struct Least {
  MysqlServer* server;
  std::unique_ptr<MysqlClient> admin;

  Least(MysqlServer* at, const std::string& sql, const std::string& select = "SELECT ON least.*")
      : server(at), admin(std::move(*MysqlClient::connect(at->port()))) {
    execute(
        "DROP DATABASE IF EXISTS least; DROP DATABASE IF EXISTS unseen; CREATE DATABASE least; "
        "CREATE DATABASE unseen; USE least; " +
        sql);
    std::string user = kUser;
    execute("DROP USER IF EXISTS " + user + "; CREATE USER " + user +
            "; GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO " + user + "; GRANT " +
            select + " TO " + user);
  }
  void execute(const std::string& sql) const {
    Status done = admin->execute(sql);
    if (!done.ok()) FAIL(done.error().message());
  }
  MysqlConfig config(const std::string& user = "least") const {
    MysqlConfig out;
    out.connect = connect_options(*server);
    out.connect.user = user;
    out.tables = {"least.*"};
    return out;
  }
  std::vector<TableFacts> tables(const std::string& user) const {
    cdc::StopSignal stop;
    auto client = Client::open(config(user).connect, &stop);
    REQUIRE(client.ok());
    auto read = read_tables(**client, {"least.*"});
    if (!read.ok()) FAIL(read.error().message());
    return *read;
  }
};

constexpr const char* kTables =
    "CREATE TABLE p (id int PRIMARY KEY, k int, UNIQUE (k));"
    "CREATE TABLE unseen.p (id int PRIMARY KEY);"
    "CREATE TABLE harmless (id int PRIMARY KEY, p int, FOREIGN KEY (p) REFERENCES p (id));"
    "CREATE TABLE child (id int PRIMARY KEY COMMENT 'FOREIGN KEY it''s', p int, k int, CONSTRAINT "
    "deletes FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE, CONSTRAINT `up``dates` FOREIGN "
    "KEY (k) REFERENCES p (k) ON DELETE SET NULL ON UPDATE CASCADE);"
    "CREATE TABLE `chi``ld` (id int PRIMARY KEY, p int, CONSTRAINT far FOREIGN KEY (p) REFERENCES "
    "unseen.p (id) ON DELETE SET NULL ON UPDATE NO ACTION);"
    "CREATE TABLE document (id int PRIMARY KEY, d json, s int AS (id + 1) STORED, v "
    "int AS (id + 1) VIRTUAL, word varchar(20) NOT NULL DEFAULT 'a', e enum ('a','b'), "
    "UNIQUE (word));"
    "CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 3;"
    "CREATE TABLE engine (id int PRIMARY KEY) ENGINE = MyISAM;";

// What counts of a table, as text.
std::string text_of(const TableFacts& facts) {
  std::string out = facts.full_name() + " " + facts.engine + (facts.is_versioned ? " v" : "");
  for (const ColumnFacts& column : facts.columns) {
    out += "\n  " + column.name + " " + column.declared + " " + column.charset;
    for (bool one : {column.is_json, column.nullable, column.null_by_default, column.may_select}) {
      out += one ? " 1" : " 0";
    }
  }
  for (const KeyFacts& key : facts.keys) {
    out += "\n  key " + key.name;
    for (const std::string& column : key.columns) out += " " + column;
  }
  for (const CascadeFacts& cascade : facts.cascades) {
    out += "\n  " + cascade.constraint + " " + cascade.parent + " " + cascade.rules;
  }
  return out;
}

void check_tables(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  Least least(server, kTables);
  if (kind == MysqlKind::mariadb) {
    least.execute(
        "CREATE TABLE long_key (w text NOT NULL, UNIQUE (w)); CREATE TABLE versioned (id int "
        "PRIMARY KEY) WITH SYSTEM VERSIONING");
  }
  auto all = least.tables("root");
  auto seen = least.tables("least");
  REQUIRE(seen.size() == all.size());
  for (size_t i = 0; i < all.size(); ++i) CHECK(text_of(seen[i]) == text_of(all[i]));
  REQUIRE(all[1].name == "child");
  REQUIRE(all[1].cascades.size() == 2);
  CHECK(all[1].cascades[0].constraint == "deletes");
  CHECK(all[1].cascades[0].parent == "least.p");
  CHECK(all[1].cascades[0].rules == "ON DELETE CASCADE");
  CHECK(all[1].cascades[1].constraint == "up`dates");
  CHECK(all[1].cascades[1].rules == "ON DELETE SET NULL, ON UPDATE CASCADE");
  REQUIRE(all[0].name == "chi`ld");
  REQUIRE(all[0].cascades.size() == 1);
  CHECK(all[0].cascades[0].parent == "unseen.p");
}

TEST_CASE("TheDocumentedGrantsShowAllThatCountsOfTablesOnMariaDb") {
  check_tables(MysqlKind::mariadb);
}
TEST_CASE("TheDocumentedGrantsShowAllThatCountsOfTablesOnMySql") {
  check_tables(MysqlKind::mysql);
}

// What `leat check` says that begins with TABLE; empty: nothing.
std::string said_of(const Least& least, const std::string& table) {
  auto report = check_mysql(least.config());
  if (!report.ok()) FAIL(report.error().message());
  for (const cdc::Finding& one : report->findings) {
    if (one.text.starts_with(table + " ") && one.kind == cdc::FindingKind::stop) return one.text;
  }
  return "";
}

TEST_CASE("ACascadingChildIsRefusedWithTheDocumentedGrantsOnMariaDb") {
  MysqlServer* server = shared_server(MysqlKind::mariadb);
  if (server == nullptr) return;
  Least least(server, kTables);
  CHECK(said_of(least, "least.child").find("foreign key deletes to least.p (ON DELETE CASCADE)") !=
        std::string::npos);
  CHECK(said_of(least, "least.chi`ld").find("foreign key far") != std::string::npos);
  CHECK(said_of(least, "least.harmless").empty());
}

// Then columns and foreign keys may exist that are not shown.
void check_columns_right(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  Least least(server, kTables, "SELECT (id) ON least.child");
  CHECK(said_of(least, "least.child").find("may not be read by 'least'@'127.0.0.1'") !=
        std::string::npos);
  least.execute(std::string("GRANT SELECT ON least.harmless TO ") + kUser);
  CHECK(said_of(least, "least.harmless").empty());
}

TEST_CASE("ATableOfWhichSomeColumnsOnlyMayBeReadIsRefusedOnMariaDb") {
  check_columns_right(MysqlKind::mariadb);
}
TEST_CASE("ATableOfWhichSomeColumnsOnlyMayBeReadIsRefusedOnMySql") {
  check_columns_right(MysqlKind::mysql);
}

void check_replica(MysqlKind kind) {
  if (!MysqlServer::why_missing(kind).empty()) return;
  auto primary = start_with_id(kind, 1);
  REQUIRE(primary.ok());
  auto replica = Replica::of(**primary, 2);
  REQUIRE(replica.ok());
  Least least(primary->get(), "CREATE TABLE t (id int PRIMARY KEY)");
  REQUIRE((*replica)->catch_up(*least.admin).ok());
  for (MysqlServer* server : {primary->get(), &(*replica)->server()}) {
    cdc::StopSignal stop;
    auto options = connect_options(*server);
    options.user = "least";
    auto client = Client::open(options, &stop);
    REQUIRE(client.ok());
    auto facts = read_server_facts(**client);
    REQUIRE(facts.ok());
    CHECK(facts->is_replica == (server != primary->get()));
  }
}

TEST_CASE("AReplicaIsKnownAsOneWithTheDocumentedGrantsOnMariaDb") {
  check_replica(MysqlKind::mariadb);
}
TEST_CASE("AReplicaIsKnownAsOneWithTheDocumentedGrantsOnMySql") {
  check_replica(MysqlKind::mysql);
}

}  // namespace
}  // namespace leat::test

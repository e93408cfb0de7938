// What `leat check` says of a server and its tables, finding by finding.
#include "cdc/mysql/check.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/mysql/support/binlog_fixture.h"
#include "tests/mysql/support/connect.h"

namespace leat::test {
namespace {

using cdc::Finding;
using cdc::FindingKind;
using cdc::mysql::check_mysql;
using cdc::mysql::MysqlConfig;

struct Checked {
  MysqlServer* server;
  std::unique_ptr<MysqlClient> admin;
  MysqlConfig config;

  explicit Checked(MysqlServer* at,
                   const std::string& tables = "CREATE TABLE t (id int PRIMARY KEY)")
      : server(at) {
    admin = std::move(*MysqlClient::connect(server->port()));
    execute("DROP DATABASE IF EXISTS checked; CREATE DATABASE checked; USE checked; " + tables);
    config.connect = connect_options(*server);
    config.tables = {"checked.*"};
  }
  void execute(const std::string& sql) const {
    Status done = admin->execute(sql);
    if (!done.ok()) FAIL(done.error().message());
  }
  cdc::SourceReport report() const {
    auto out = check_mysql(config);
    if (!out.ok()) FAIL(out.error().message());
    return *out;
  }
};

// The finding whose text holds PART; fails the test where there is none.
Finding finding(const cdc::SourceReport& report, const std::string& part) {
  std::string all;
  for (const Finding& one : report.findings) {
    if (one.text.find(part) != std::string::npos) return one;
    all += one.text + "\n";
  }
  FAIL("no finding says '" << part << "':\n" << all);
  return {};
}

void expect(const Checked& checked, FindingKind kind, const std::string& part,
            const std::string& statement) {
  Finding found = finding(checked.report(), part);
  CHECK(found.kind == kind);
  CHECK(found.statement.find(statement) != std::string::npos);
}

bool all_ok(const cdc::SourceReport& report) {
  return std::all_of(report.findings.begin(), report.findings.end(),
                     [](const Finding& one) { return one.kind == FindingKind::ok; });
}

void check_good(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  Checked checked(server);
  cdc::SourceReport report = checked.report();
  CHECK(all_ok(report));
  CHECK(report.findings.size() == 3);
  CHECK(report.server.find(to_text(kind)) == 0);
  finding(report, "1 table can be captured");
}

TEST_CASE("AServerThatIsReadyHasNothingToMendOnMariaDb") {
  check_good(MysqlKind::mariadb);
}
TEST_CASE("AServerThatIsReadyHasNothingToMendOnMySql") {
  check_good(MysqlKind::mysql);
}

// With the global setting NAME at VALUE.
class Setting {
 public:
  Setting(const Checked& checked, const std::string& name, const std::string& value)
      : checked_(checked), name_(name) {
    before_ = *checked.admin->value("SELECT @@global." + name);
    checked.execute("SET GLOBAL " + name + " = " + value);
  }
  ~Setting() { checked_.execute("SET GLOBAL " + name_ + " = " + quoted(before_)); }

 private:
  static std::string quoted(const std::string& value) {
    bool number = !value.empty() && value.find_first_not_of("0123456789") == std::string::npos;
    return number ? value : "'" + value + "'";
  }

  const Checked& checked_;
  std::string name_;
  std::string before_;
};

void check_settings(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  Checked checked(server);
  {
    Setting mixed(checked, "binlog_format", "'MIXED'");
    expect(checked, FindingKind::fix, "binlog_format is MIXED", "SET GLOBAL binlog_format = ROW;");
  }
  {
    Setting minimal(checked, "binlog_row_metadata", "'MINIMAL'");
    expect(checked, FindingKind::fix, "binlog_row_metadata is MINIMAL",
           "SET GLOBAL binlog_row_metadata = FULL;");
  }
  {
    Setting minimal(checked, "binlog_row_image", "'MINIMAL'");
    expect(checked, FindingKind::note, "binlog_row_image is MINIMAL", "binlog_row_image = FULL;");
  }
  {
    Setting hour(checked, "binlog_expire_logs_seconds", "3600");
    expect(checked, FindingKind::note, "the binlog is kept for 1.0 h only",
           "SET GLOBAL binlog_expire_logs_seconds = 604800;");
  }
  CHECK(all_ok(checked.report()));
}

TEST_CASE("ATableOfWhoseDocumentsOnlyDifferencesAreLoggedIsRefusedOnMySql") {
  MysqlServer* server = shared_server(MysqlKind::mysql);
  if (server == nullptr) return;
  Checked checked(server,
                  "CREATE TABLE docs (id int PRIMARY KEY, d json); CREATE TABLE t (id int PRIMARY "
                  "KEY)");
  Setting partial(checked, "binlog_row_value_options", "'PARTIAL_JSON'");
  CHECK(all_ok(checked.report()));
  Setting minimal(checked, "binlog_row_image", "'MINIMAL'");
  expect(checked, FindingKind::stop, "checked.docs has the JSON column d",
         "SET GLOBAL binlog_row_value_options = '';");
  finding(checked.report(), "1 table can be captured");
}

void check_prepared(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  Checked checked(server);
  auto other = std::move(*MysqlClient::connect(server->port(), "checked"));
  REQUIRE(other
              ->execute("XA START 'a', 'b', 7; INSERT INTO t VALUES (1); XA END 'a', 'b', 7; "
                        "XA PREPARE 'a', 'b', 7")
              .ok());
  expect(checked, FindingKind::note, "1 XA transaction is prepared", "XA COMMIT X'61',X'62',7;");
  REQUIRE(other->execute("XA ROLLBACK X'61',X'62',7").ok());
  CHECK(all_ok(checked.report()));
}

TEST_CASE("AnXaTransactionThatIsPreparedIsNamedOnMariaDb") {
  check_prepared(MysqlKind::mariadb);
}
TEST_CASE("AnXaTransactionThatIsPreparedIsNamedOnMySql") {
  check_prepared(MysqlKind::mysql);
}

TEST_CASE("SettingsOfTheBinlogThatMustBeOthersAreNamedOnMariaDb") {
  check_settings(MysqlKind::mariadb);
}
TEST_CASE("SettingsOfTheBinlogThatMustBeOthersAreNamedOnMySql") {
  check_settings(MysqlKind::mysql);
}

TEST_CASE("ABinlogThatIsOffIsNamedOnMariaDb") {
  if (!MysqlServer::why_missing(MysqlKind::mariadb).empty()) return;
  auto server = MysqlServer::start({.kind = MysqlKind::mariadb, .options = {"--skip-log-bin"}});
  if (!server.ok()) FAIL(server.error().message());
  Checked checked(server->get());
  expect(checked, FindingKind::fix, "the binlog is off", "log_bin = binlog");
}

TEST_CASE("GtidsThatAreOffAreANoteAndTheLockThatTheyCostMayNeedARightOnMySql") {
  MysqlServer* server = shared_server(MysqlKind::mysql);
  if (server == nullptr) return;
  Checked checked(server);
  checked.execute(
      "DROP USER IF EXISTS poor@'127.0.0.1'; CREATE USER poor@'127.0.0.1'; GRANT SELECT ON "
      "checked.* TO poor@'127.0.0.1'; GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO "
      "poor@'127.0.0.1'");
  Setting permissive(checked, "gtid_mode", "'ON_PERMISSIVE'");
  expect(checked, FindingKind::note, "gtid_mode is ON_PERMISSIVE", "SET PERSIST gtid_mode = ON;");
  checked.config.connect.user = "poor";
  expect(checked, FindingKind::fix, "may not take that lock",
         "GRANT RELOAD ON *.* TO 'poor'@'127.0.0.1';");
}

void check_rights(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  Checked checked(server,
                  "CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE u (id int PRIMARY KEY)");
  checked.execute(
      "DROP USER IF EXISTS poor@'127.0.0.1'; CREATE USER poor@'127.0.0.1'; GRANT INSERT ON "
      "checked.t TO poor@'127.0.0.1'");
  checked.config.connect.user = "poor";
  expect(checked, FindingKind::fix, "may not read the binlog",
         "GRANT REPLICATION SLAVE ON *.* TO 'poor'@'127.0.0.1';");
  expect(checked, FindingKind::fix, "may not see where the binlog ends",
         kind == MysqlKind::mariadb ? "GRANT BINLOG MONITOR" : "GRANT REPLICATION CLIENT");
  expect(checked, FindingKind::stop, "checked.t may not be read by 'poor'@'127.0.0.1'",
         "GRANT SELECT ON `checked`.`t` TO 'poor'@'127.0.0.1';");
  expect(checked, FindingKind::note, "may not see triggers, nor what views",
         "GRANT TRIGGER, SHOW VIEW ON `checked`.* TO ");
  // What check says is enough. (A right on the whole database shows one more of its tables.)
  for (int i = 0; i < 2; ++i) {
    for (const Finding& one : checked.report().findings) {
      if (!one.statement.empty()) checked.execute(one.statement);
    }
  }
  CHECK(all_ok(checked.report()));
  checked.config.tables = {"nowhere.*"};
  expect(checked, FindingKind::fix, "no table that 'poor'@'127.0.0.1' may see matches nowhere.*",
         "GRANT SELECT");
}

TEST_CASE("RightsThatAreMissingAreNamedWithTheGrantThatGivesThemOnMariaDb") {
  check_rights(MysqlKind::mariadb);
}
TEST_CASE("RightsThatAreMissingAreNamedWithTheGrantThatGivesThemOnMySql") {
  check_rights(MysqlKind::mysql);
}

void check_tables(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  Checked checked(server,
                  "CREATE TABLE keyless (id int, v int);"
                  "CREATE TABLE myisam (id int PRIMARY KEY) ENGINE = MyISAM;"
                  "CREATE TABLE parent (id int PRIMARY KEY);"
                  "CREATE TABLE child (id int PRIMARY KEY, p int, CONSTRAINT to_parent FOREIGN KEY "
                  "(p) REFERENCES parent (id) ON DELETE CASCADE)");
  expect(checked, FindingKind::stop, "checked.keyless has no primary key",
         "ALTER TABLE `checked`.`keyless` ADD PRIMARY KEY (id);");
  expect(checked, FindingKind::stop, "checked.myisam has the engine MyISAM",
         "ALTER TABLE `checked`.`myisam` ENGINE = InnoDB;");
  if (kind == MysqlKind::mysql) {  // 9.7: cascades are logged
    finding(checked.report(), "2 tables can be captured");
    return;
  }
  expect(checked, FindingKind::stop,
         "checked.child has the foreign key to_parent to checked.parent (ON DELETE CASCADE)",
         "ALTER TABLE `checked`.`child` DROP FOREIGN KEY `to_parent`;");
  checked.config.accept_cascades = true;
  expect(checked, FindingKind::note, "checked.child has the foreign key to_parent", "");
}

TEST_CASE("TablesThatCannotBeCapturedAreNamedWithWhatMendsThemOnMariaDb") {
  check_tables(MysqlKind::mariadb);
}
TEST_CASE("TablesThatCannotBeCapturedAreNamedWithWhatMendsThemOnMySql") {
  check_tables(MysqlKind::mysql);
}

TEST_CASE("SystemVersionedTablesCannotBeCapturedOnMariaDb") {
  MysqlServer* server = shared_server(MysqlKind::mariadb);
  if (server == nullptr) return;
  Checked checked(server, "CREATE TABLE v (id int PRIMARY KEY) WITH SYSTEM VERSIONING");
  expect(checked, FindingKind::stop, "checked.v is system-versioned",
         "ALTER TABLE `checked`.`v` DROP SYSTEM VERSIONING;");
  expect(checked, FindingKind::fix, "no table can be captured", "");
}

}  // namespace
}  // namespace leat::test

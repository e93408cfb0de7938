// Every type, through a real server's binlog: what is decoded is what the server prints.

#include <catch2/catch.hpp>

#include "tests/cdc/mysql/support/binlog_replay.h"
#include "tests/mysql/support/binlog_fixture.h"
#include "tests/mysql/support/type_cases.h"

namespace leat::test {
namespace {

void check_equal(MysqlClient& client, const BinlogReplay& replay, const std::string& table,
                 const TypeCase& c) {
  auto expected = client.query("SELECT id, " + c.expected + " FROM " + table + " ORDER BY id");
  INFO(table << " " << c.type);
  if (!expected.ok()) FAIL(expected.error().message());
  const auto& rows = replay.tables().at("matrix." + table).rows;
  REQUIRE(rows.size() == expected->size());
  for (size_t i = 0; i < rows.size(); ++i) {
    INFO(c.values[i]);
    std::string got = rows[i][1].value_or("NULL"), wanted = (*expected)[i][1].value_or("NULL");
    if (!same_text(c, rows[i][1], (*expected)[i][1])) {
      FAIL_CHECK("got " << got.substr(0, 300) << ", the server has " << wanted.substr(0, 300));
    }
  }
}

void check_cases(MysqlKind kind, const std::vector<TypeCase>& cases) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  auto client = MysqlClient::connect(server->port());
  REQUIRE(client.ok());
  REQUIRE((*client)
              ->execute("DROP DATABASE IF EXISTS matrix; CREATE DATABASE matrix CHARACTER SET "
                        "utf8mb4; USE matrix; SET sql_mode = ''; SET time_zone = '+00:00'")
              .ok());
  auto file = BinlogFile::begin(server, client->get());
  REQUIRE(file.ok());
  BinlogReplay replay;
  for (size_t i = 0; i < cases.size(); ++i) {
    if (!runs_on(cases[i], kind)) continue;
    std::string table = "t" + std::to_string(i);
    fill_table(**client, table, cases[i]);
    replay.set_options("matrix." + table + ".c", cases[i].options);
  }
  auto bytes = file->finish();
  REQUIRE(bytes.ok());
  Status status = replay.run(*bytes);
  if (!status.ok()) FAIL(status.error().message());
  for (size_t i = 0; i < cases.size(); ++i) {
    if (!runs_on(cases[i], kind)) continue;
    check_equal(**client, replay, "t" + std::to_string(i), cases[i]);
  }
}

TEST_CASE("NumbersOfTheBinlogAreTheServersOnMariaDb") {
  check_cases(MysqlKind::mariadb, number_cases());
}
TEST_CASE("NumbersOfTheBinlogAreTheServersOnMySql") {
  check_cases(MysqlKind::mysql, number_cases());
}
TEST_CASE("DatesAndTimesOfTheBinlogAreTheServersOnMariaDb") {
  check_cases(MysqlKind::mariadb, time_cases());
}
TEST_CASE("DatesAndTimesOfTheBinlogAreTheServersOnMySql") {
  check_cases(MysqlKind::mysql, time_cases());
}
TEST_CASE("StringsOfTheBinlogAreTheServersOnMariaDb") {
  check_cases(MysqlKind::mariadb, string_cases());
}
TEST_CASE("StringsOfTheBinlogAreTheServersOnMySql") {
  check_cases(MysqlKind::mysql, string_cases());
}
TEST_CASE("DocumentsOfTheBinlogAreTheServersOnMariaDb") {
  check_cases(MysqlKind::mariadb, document_cases());
}
TEST_CASE("DocumentsOfTheBinlogAreTheServersOnMySql") {
  check_cases(MysqlKind::mysql, document_cases());
}

}  // namespace
}  // namespace leat::test

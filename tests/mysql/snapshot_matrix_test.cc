// Every type through a query, as a snapshot reads it: what is decoded is what the server prints,
// and so what the binlog's decoder gives (type_matrix_test.cc).
#include <catch2/catch.hpp>

#include "cdc/mysql/catalog.h"
#include "cdc/mysql/client.h"
#include "cdc/mysql/text_values.h"
#include "log/model/text_format.h"
#include "tests/mysql/support/binlog_fixture.h"
#include "tests/mysql/support/connect.h"
#include "tests/mysql/support/type_cases.h"

namespace leat::test {
namespace {

using cdc::mysql::Client;
using cdc::mysql::MappedColumn;
using cdc::mysql::TableFacts;

MappedColumn mapped(const TableFacts& table, const std::string& name) {
  for (const auto& facts : table.columns) {
    if (facts.name != name) continue;
    auto column = cdc::mysql::map_column(facts);
    if (!column.ok()) FAIL(column.error().message());
    return *column;
  }
  FAIL("no column " << name);
  return {};
}

// The column's values by id, as Leat prints them.
std::vector<std::optional<std::string>> read_values(Client& client, const TableFacts& table) {
  MappedColumn column = mapped(table, "c");
  auto decoder = cdc::mysql::make_text_decoder(column);
  REQUIRE(decoder.ok());
  CHECK((*decoder)->type() == column.type);
  std::vector<std::optional<std::string>> out;
  Status read =
      client.stream("SELECT " + cdc::mysql::select_expression(column) + " FROM " +
                        table.quoted_name() + " ORDER BY id",
                    [&](Client::Values row) -> Status {
                      Arena arena;
                      out.emplace_back();
                      if (!row[0]) return {};
                      LEAT_ASSIGN_OR_RETURN(Datum value, (*decoder)->decode(*row[0], arena));
                      append_text(column.type.id, value, &out.back().emplace());
                      return {};
                    });
  if (!read.ok()) FAIL(column.logged.name << ": " << read.error().message());
  return out;
}

void check_case(MysqlClient& admin, Client& client, const TableFacts& table, const TypeCase& c) {
  INFO(c.type);
  auto expected =
      admin.query("SELECT " + c.expected + " FROM " + table.quoted_name() + " ORDER BY id");
  REQUIRE(expected.ok());
  auto got = read_values(client, table);
  REQUIRE(got.size() == expected->size());
  for (size_t i = 0; i < got.size(); ++i) {
    INFO(c.values[i]);
    if (!same_text(c, got[i], (*expected)[i][0])) {
      FAIL_CHECK("got " << got[i].value_or("NULL").substr(0, 300) << ", the server has "
                        << (*expected)[i][0].value_or("NULL").substr(0, 300));
    }
  }
}

void check_cases(MysqlKind kind, const std::vector<TypeCase>& cases) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  auto admin = MysqlClient::connect(server->port());
  REQUIRE(admin.ok());
  REQUIRE((*admin)
              ->execute("DROP DATABASE IF EXISTS queried; CREATE DATABASE queried CHARACTER SET "
                        "utf8mb4; USE queried; SET sql_mode = ''; SET time_zone = '+00:00'")
              .ok());
  std::vector<const TypeCase*> filled;
  for (const TypeCase& c : cases) {
    if (!runs_on(c, kind) || c.options.dates_as_text) continue;
    fill_table(**admin, "t" + std::to_string(1000 + filled.size()), c);  // listed in this order
    filled.push_back(&c);
  }
  cdc::StopSignal stop;
  auto client = Client::open(connect_options(*server), &stop);
  if (!client.ok()) FAIL(client.error().message());
  auto tables = cdc::mysql::read_tables(**client, {"queried.*"});
  if (!tables.ok()) FAIL(tables.error().message());
  REQUIRE(tables->size() == filled.size());
  for (size_t i = 0; i < filled.size(); ++i)
    check_case(**admin, **client, (*tables)[i], *filled[i]);
}

TEST_CASE("NumbersOfAQueryAreTheServersOnMariaDb") {
  check_cases(MysqlKind::mariadb, number_cases());
}
TEST_CASE("NumbersOfAQueryAreTheServersOnMySql") {
  check_cases(MysqlKind::mysql, number_cases());
}
TEST_CASE("DatesAndTimesOfAQueryAreTheServersOnMariaDb") {
  check_cases(MysqlKind::mariadb, time_cases());
}
TEST_CASE("DatesAndTimesOfAQueryAreTheServersOnMySql") {
  check_cases(MysqlKind::mysql, time_cases());
}
TEST_CASE("StringsOfAQueryAreTheServersOnMariaDb") {
  check_cases(MysqlKind::mariadb, string_cases());
}
TEST_CASE("StringsOfAQueryAreTheServersOnMySql") {
  check_cases(MysqlKind::mysql, string_cases());
}
TEST_CASE("DocumentsOfAQueryAreTheServersOnMariaDb") {
  check_cases(MysqlKind::mariadb, document_cases());
}
TEST_CASE("DocumentsOfAQueryAreTheServersOnMySql") {
  check_cases(MysqlKind::mysql, document_cases());
}

}  // namespace
}  // namespace leat::test

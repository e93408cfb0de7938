// A row that was copied and the same row as it was logged, of every type.
#include <catch2/catch.hpp>

#include "cdc/mysql/overlap.h"
#include "tests/mysql/support/binlog_fixture.h"
#include "tests/mysql/support/copy_fixture.h"
#include "tests/mysql/support/type_cases.h"

namespace leat::test {
namespace {

using namespace cdc::mysql;  // NOLINT: what is tested here
using Rows = CopyFixture::Rows;

// They are the same bytes: what the stream deletes or changes is what the copy holds.
void check_same_bytes(MysqlKind kind, const std::vector<TypeCase>& cases) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  CopyFixture fixture(server, "SET sql_mode = ''; SET time_zone = '+00:00'");
  fixture.execute("ALTER DATABASE copied CHARACTER SET utf8mb4");
  std::vector<const TypeCase*> filled;
  for (const TypeCase& c : cases) {
    if (!runs_on(c, kind)) continue;
    std::string table = "t" + std::to_string(1000 + filled.size());  // in this order
    fill_table(*fixture.admin, table, c);
    if (c.options.dates_as_text) fixture.config.dates_as_text.push_back("copied." + table + ".c");
    filled.push_back(&c);
  }
  fixture.look();
  auto client = Client::open(fixture.config.connect, &fixture.stop);
  auto before = read_binlog_end(**client, fixture.facts);
  for (size_t i = 0; i < filled.size(); ++i) {
    std::string table = "t" + std::to_string(1000 + i);
    fixture.execute("INSERT INTO " + table + " (c) SELECT c FROM " + table);
  }
  auto end = read_binlog_end(**client, fixture.facts);
  auto logged = read_overlap(fixture.config, &fixture.stop, fixture.plan.tables, fixture.plan.forms,
                             {*before}, *end);
  if (!logged.ok()) FAIL(logged.error().message());
  fixture.copied();
  for (uint32_t i = 0; i < filled.size(); ++i) {
    INFO(filled[i]->type);
    Rows rows = fixture.rows_of(i);
    CHECK(rows.size() == 2 * filled[i]->values.size());
    CHECK(logged->tables[i].size() == filled[i]->values.size());
    for (const auto& [key, row] : logged->tables[i]) CHECK(rows[key] == row);
  }
}

TEST_CASE("ACopiedRowIsTheLoggedRowByteForByteOnMariaDb") {
  for (const auto& cases : {number_cases(), time_cases(), string_cases(), document_cases()}) {
    check_same_bytes(MysqlKind::mariadb, cases);
  }
}
TEST_CASE("ACopiedRowIsTheLoggedRowByteForByteOnMySql") {
  for (const auto& cases : {number_cases(), time_cases(), string_cases(), document_cases()}) {
    check_same_bytes(MysqlKind::mysql, cases);
  }
}

}  // namespace
}  // namespace leat::test

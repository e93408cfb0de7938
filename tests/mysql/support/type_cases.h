// Every type and the values at its ends: tables of one column `c`, and what a real server prints of
// it. Stream and snapshot are held against the same.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cdc/mysql/binlog/value_decoder.h"
#include "tests/support/mysql_server.h"

namespace leat::test {

enum class On : uint8_t { both, mariadb, mysql };

struct TypeCase {
  std::string type;
  std::vector<std::string> values;  // SQL
  std::string expected = "c";  // SQL: the server's own text of the column `c`, as Leat prints it
  On on = On::both;
  cdc::mysql::DecodeOptions options = {};
};

std::vector<TypeCase> number_cases();
std::vector<TypeCase> time_cases();
std::vector<TypeCase> string_cases();
std::vector<TypeCase> document_cases();

bool runs_on(const TypeCase& c, MysqlKind kind);
// What was GOT is what was EXPECTED; of floating-point numbers, the same number.
bool same_text(const TypeCase& c, const std::optional<std::string>& got,
               const std::optional<std::string>& expected);
// Makes TABLE (id int AUTO_INCREMENT PRIMARY KEY, c) with a row for each value.
void fill_table(MysqlClient& client, const std::string& table, const TypeCase& c);

}  // namespace leat::test

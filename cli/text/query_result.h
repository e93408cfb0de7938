// Rows of a query as the running process sends them, and as they are printed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/status.h"

namespace leat::cli {

struct ResultColumn {
  std::string name;
  std::string type;  // as PostgreSQL names it
};

struct QueryResult {
  uint64_t cut = 0;
  std::vector<ResultColumn> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;  // text; none is NULL
};

std::string query_result_json(const QueryResult& result);
Result<QueryResult> parse_query_result(std::string_view json);

// Aligned columns, numbers to the right, and a last line with the number of rows.
std::string result_as_table(const QueryResult& result);
// RFC 4180 with a header line; NULL is an empty field, empty text is "".
std::string result_as_csv(const QueryResult& result);
// One object a line; numbers and booleans as JSON's own, everything else as text.
std::string result_as_json_lines(const QueryResult& result);

}  // namespace leat::cli

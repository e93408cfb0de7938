#include "cli/control/query.h"

#include <chrono>

#include "log/base/clock.h"
#include "log/model/text_format.h"
#include "views/serve/guarded_snapshot.h"

namespace leat::cli {
namespace {

constexpr size_t kResultBytesMax = 256 << 20;
constexpr std::chrono::minutes kTimeMax{10};

Error as_error(const views::sql::SqlError& error, std::string_view sql) {
  return Error::permanent(views::sql::describe(error, "query", sql));
}

// The row's values as text; returns their bytes.
size_t add_row(const std::vector<views::sql::OutputColumn>& columns, std::span<const Datum> values,
               QueryResult* result) {
  size_t bytes = 0;
  auto& row = result->rows.emplace_back();
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].is_null()) {
      row.push_back(std::nullopt);
      continue;
    }
    std::string text;
    append_text(columns[i].type.id, values[i], &text);
    bytes += text.size();
    row.push_back(std::move(text));
  }
  return bytes + values.size() * sizeof(std::string);
}

}  // namespace

Result<QueryResult> run_one_query(const views::serve::QueryService& queries, std::string_view sql,
                                  const std::function<bool()>& closing) {
  auto query = queries.bind(sql, {}, {});
  if (!query.ok()) return as_error(query.error(), sql);
  LEAT_ASSIGN_OR_RETURN(auto snapshot, queries.snapshot());
  QueryResult result;
  result.cut = snapshot->cut().value();
  const auto& columns = (*query)->columns();
  for (const auto& column : columns) {
    result.columns.push_back({column.name, type_name(column.type.id)});
  }
  size_t bytes = 0;
  const Clock& clock = Clock::system();
  views::serve::GuardedSnapshot guarded(*snapshot, clock, clock.monotonic() + kTimeMax, closing);
  auto done = (*query)->run(guarded, [&](std::span<const Datum> row) {
    bytes += add_row(columns, row, &result);
    return bytes <= kResultBytesMax && guarded.goes_on();
  });
  if (!guarded.ended().ok()) return guarded.ended().error();
  if (!done.ok()) return as_error(done.error(), sql);
  if (bytes <= kResultBytesMax) return result;
  return Error::permanent("the result is larger than 256 MB: read it with psql, or add a LIMIT");
}

}  // namespace leat::cli

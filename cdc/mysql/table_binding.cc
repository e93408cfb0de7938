#include "cdc/mysql/table_binding.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace leat::cdc::mysql {
namespace {

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Digits count; a modifier that the decoder does not know of is none of the binlog's business.
bool same_values(const Type& then, const Type& now) {
  if (then.id != now.id) return false;
  return then.id != TypeId::numeric || then.modifier == now.modifier;
}

// MariaDB keeps the hash of a unique key that is too long for an index in a column that no list of
// columns shows, and logs it. (A column of that name which somebody adds comes by an ALTER.)
bool is_hidden_hash(const TableColumn& column) {
  constexpr std::string_view kPrefix = "DB_ROW_HASH_";
  std::string_view name = column.name;
  if (column.type != ColumnType::bigint || !name.starts_with(kPrefix)) return false;
  name.remove_prefix(kPrefix.size());
  return !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Result<TableBinding> TableBinding::bind(TableMap map, const CapturedTable& table,
                                        const TableForm& form) {
  LEAT_CHECK(form.columns.size() == table.schema.columns.size());
  if (!map.has_full_metadata) {
    return Error::permanent(
        "the binlog does not say the names of its columns: SET GLOBAL binlog_row_metadata = FULL");
  }
  TableBinding binding(std::move(map));
  binding.null_by_default_ = form.null_by_default;
  LEAT_RETURN_IF_ERROR(binding.bind_columns(table.schema, form));
  LEAT_RETURN_IF_ERROR(binding.check_no_new(table.schema, form));
  LEAT_RETURN_IF_ERROR(binding.check_key(table.schema));
  return binding;
}

Status TableBinding::bind_columns(const Schema& schema, const TableForm& form) {
  for (size_t i = 0; i < schema.columns.size(); ++i) {
    LEAT_RETURN_IF_ERROR(bind_column(schema.columns[i], form.columns[i]));
  }
  return Ok();
}

Status TableBinding::bind_column(const Column& column, const DecodeOptions& options) {
  auto found = std::find_if(map_.columns.begin(), map_.columns.end(),
                            [&](const TableColumn& logged) { return logged.name == column.name; });
  if (found == map_.columns.end()) {
    return Error::permanent(fmt::format("column {} is gone", column.name));
  }
  auto decoder = make_value_decoder(*found, options);
  if (!decoder.ok()) return decoder.error().in("column " + column.name);
  Type now = (*decoder)->type();
  if (!same_values(column.type, now)) {
    return Error::permanent(now.id == column.type.id
                                ? fmt::format("column {} has another precision", column.name)
                                : fmt::format("column {} was {} and is {}", column.name,
                                              type_name(column.type.id), type_name(now.id)));
  }
  logged_.push_back(static_cast<size_t>(found - map_.columns.begin()));
  decoders_.push_back(std::move(*decoder));
  return Ok();
}

Status TableBinding::check_no_new(const Schema& schema, const TableForm& form) const {
  for (const TableColumn& column : map_.columns) {
    if (schema.index_of(column.name) >= 0 || holds(form.not_captured, column.name)) continue;
    if (is_hidden_hash(column)) continue;
    return Error::permanent(fmt::format("column {} is new", column.name));
  }
  return Ok();
}

// A table without a primary key is captured by a unique key, which the binlog does not say.
Status TableBinding::check_key(const Schema& schema) const {
  std::vector<size_t> then;
  for (int column : schema.key_columns) then.push_back(logged_[static_cast<size_t>(column)]);
  std::vector<size_t> now;
  for (const KeyPart& part : map_.primary_key) now.push_back(part.column);
  if (now.empty() || now == then) return Ok();
  return Error::permanent("the primary key has other columns");
}

}  // namespace leat::cdc::mysql

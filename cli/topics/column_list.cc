#include "cli/topics/column_list.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace leat::cli {
namespace {

std::string trimmed(std::string_view text) {
  size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    size_t comma = std::min(list.find(','), list.size());
    parts.push_back(trimmed(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return parts;
}

// The types by the names that `leat topic describe` prints.
std::optional<TypeId> type_of(const std::string& name) {
  static const std::map<std::string, TypeId> types = [] {
    std::map<std::string, TypeId> all;
    for (int id = static_cast<int>(TypeId::boolean); id <= static_cast<int>(TypeId::jsonb); ++id) {
      all[type_name(static_cast<TypeId>(id))] = static_cast<TypeId>(id);
    }
    return all;
  }();
  auto found = types.find(name);
  return found == types.end() ? std::nullopt : std::optional(found->second);
}

Result<Column> parse_column(const std::string& text) {
  size_t blank = text.find(' ');
  if (blank == std::string::npos) {
    return Error::permanent("column '" + text + "' has no type: write NAME TYPE, as in id bigint");
  }
  Column column;
  column.name = text.substr(0, blank);
  std::string type = trimmed(std::string_view(text).substr(blank));
  if (constexpr std::string_view kNotNull = " not null"; type.ends_with(kNotNull)) {
    column.nullable = false;
    type = trimmed(std::string_view(type).substr(0, type.size() - kNotNull.size()));
  }
  auto id = type_of(type);
  if (!id) return Error::permanent("column " + column.name + ": there is no type '" + type + "'");
  column.type = {*id};
  return column;
}

}  // namespace

Result<Schema> parse_columns(std::string_view columns, std::string_view key) {
  Schema schema;
  for (const std::string& each : split(columns)) {
    LEAT_ASSIGN_OR_RETURN(Column column, parse_column(each));
    if (schema.index_of(column.name) >= 0) {
      return Error::permanent("column " + column.name + " stands twice");
    }
    schema.columns.push_back(std::move(column));
  }
  if (schema.columns.empty()) {
    return Error::permanent("a topic needs columns: --columns \"id bigint, note text\"");
  }
  for (const std::string& name : split(key)) {
    int index = schema.index_of(name);
    if (index < 0)
      return Error::permanent("the key's column '" + name + "' is not among the columns");
    schema.columns[static_cast<size_t>(index)].nullable = false;
    schema.key_columns.push_back(index);
  }
  return schema;
}

}  // namespace leat::cli

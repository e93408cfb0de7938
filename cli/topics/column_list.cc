#include "cli/topics/column_list.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "joins/scalar/functions.h"
#include "log/model/key.h"

namespace leat::cli {
namespace {

std::string trimmed(std::string_view text) {
  size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

// At the commas that stand in no parentheses: numeric(10,2) is one part.
std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  int depth = 0;
  size_t begin = 0;
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i] == '(') ++depth;
    if (list[i] == ')') --depth;
    if (list[i] != ',' || depth > 0) continue;
    parts.push_back(trimmed(list.substr(begin, i - begin)));
    begin = i + 1;
  }
  if (begin < list.size()) parts.push_back(trimmed(list.substr(begin)));
  return parts;
}

// As SQL folds it: lower case, one blank between words.
std::string folded(std::string_view words) {
  std::string out;
  for (char c : words) {
    bool is_space = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (is_space && (out.empty() || out.back() == ' ')) continue;
    out += is_space ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return trimmed(out);
}

std::string all_types() {
  std::string all;
  for (int id = static_cast<int>(TypeId::boolean); id <= static_cast<int>(TypeId::jsonb); ++id) {
    all += (all.empty() ? "" : ", ") + std::string(type_name(static_cast<TypeId>(id)));
  }
  return all;
}

// TYPE by any name that views take for it, too.
Result<TypeId> type_of(const std::string& type) {
  TypeId id;
  if (joins::type_of_sql_name(type, &id)) return id;
  std::string bare = type.substr(0, type.find('('));
  if (bare != type && joins::type_of_sql_name(trimmed(bare), &id)) {
    return Error::permanent("a topic's types have no length or precision: write " + trimmed(bare) +
                            " instead of " + type);
  }
  return Error::permanent("there is no type '" + type + "'; there are " + all_types());
}

Result<Column> parse_column(const std::string& text) {
  size_t blank = text.find(' ');
  if (blank == std::string::npos) {
    return Error::permanent("column '" + text + "' has no type: write NAME TYPE, as in id bigint");
  }
  Column column;
  column.name = text.substr(0, blank);
  std::string type = folded(std::string_view(text).substr(blank));
  if (constexpr std::string_view kNotNull = " not null"; type.ends_with(kNotNull)) {
    column.nullable = false;
    type = trimmed(std::string_view(type).substr(0, type.size() - kNotNull.size()));
  }
  auto id = type_of(type);
  if (!id.ok()) return id.error().in("column " + column.name);
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
    Column& column = schema.columns[static_cast<size_t>(index)];
    if (!type_can_be_key(column.type.id)) {
      return Error::permanent("column " + name +
                              " cannot be a key: json has no equality; take jsonb");
    }
    const auto& before = schema.key_columns;
    if (std::find(before.begin(), before.end(), index) != before.end()) {
      return Error::permanent("the key's column " + name + " stands twice");
    }
    column.nullable = false;
    schema.key_columns.push_back(index);
  }
  return schema;
}

}  // namespace leat::cli

#include "views/sql/scope.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "joins/scalar/expression.h"

namespace leat::views::sql {
namespace {

constexpr size_t kHintColumnsMax = 40;

std::string join_path(const ast::Path& path) {
  return fmt::format("{}", fmt::join(path, "."));
}

std::string list_columns(const ScopeRelation& relation) {
  std::string list;
  for (size_t i = 0; i < relation.columns.size() && i < kHintColumnsMax; ++i) {
    if (i > 0) list += ", ";
    list += relation.columns[i].name;
  }
  if (relation.columns.size() > kHintColumnsMax)
    list += fmt::format(" and {} more", relation.columns.size() - kHintColumnsMax);
  return fmt::format("{} has {}", relation.title, list);
}

// "orders", "public.orders" or "shop.public.orders" of shop.public.orders.
bool ends_with_path(const std::string& full_name, const std::string& path) {
  if (full_name.size() == path.size()) return full_name == path;
  return full_name.size() > path.size() &&
         full_name.compare(full_name.size() - path.size() - 1, std::string::npos, "." + path) == 0;
}

bool names_relation(const ScopeRelation& relation, const ast::Path& qualifier) {
  if (qualifier.size() == 1) return relation.alias == qualifier[0];
  return ends_with_path(relation.full_name, join_path(qualifier));
}

std::vector<const ScopeColumn*> columns_named(const std::vector<ScopeColumn>& columns,
                                              const std::string& name) {
  std::vector<const ScopeColumn*> found;
  for (const ScopeColumn& column : columns)
    if (column.name == name) found.push_back(&column);
  return found;
}

bool has_generated(const ScopeRelation& relation, const std::string& name) {
  const auto& names = relation.generated_columns;
  return std::find(names.begin(), names.end(), name) != names.end();
}

SqlError generated_column(const ScopeRelation& relation, const std::string& name, int offset) {
  return sql_error(sqlstate::kUndefinedColumn, offset,
                   fmt::format("column {} of {} is generated, and its source does not send it",
                               name, relation.title),
                   "Write its expression here instead.");
}

SqlError ambiguous(const std::string& name, int offset) {
  return sql_error(sqlstate::kAmbiguousColumn, offset,
                   fmt::format("column reference \"{}\" is ambiguous", name));
}

}  // namespace

Scope Scope::of(ScopeRelation relation) {
  Scope scope;
  scope.columns_ = relation.columns;
  scope.relations_.push_back(std::move(relation));
  return scope;
}

SqlResult<Scope> Scope::join(Scope left, Scope right, int offset) {
  for (ScopeRelation& relation : right.relations_) {
    for (const ScopeRelation& other : left.relations_)
      if (other.alias == relation.alias)
        return sql_error(sqlstate::kDuplicateAlias, offset,
                         fmt::format("table name \"{}\" specified more than once", other.alias));
    left.relations_.push_back(std::move(relation));
  }
  std::move(right.columns_.begin(), right.columns_.end(), std::back_inserter(left.columns_));
  return left;
}

void Scope::merge(const std::string& name, joins::ScalarPtr value, size_t merged_before) {
  columns_.erase(std::remove_if(columns_.begin(), columns_.end(),
                                [&](const ScopeColumn& column) { return column.name == name; }),
                 columns_.end());
  columns_.insert(columns_.begin() + static_cast<std::ptrdiff_t>(merged_before),
                  ScopeColumn{name, std::move(value)});
}

SqlResult<joins::ScalarPtr> Scope::resolve(const ast::Path& path, int offset) const {
  if (path.size() == 1) return resolve_unqualified(path[0], offset);
  ast::Path qualifier(path.begin(), path.end() - 1);
  LEAT_ASSIGN_OR_RETURN(const ScopeRelation* relation, find_relation(qualifier, offset));
  auto found = columns_named(relation->columns, path.back());
  if (found.size() > 1) return ambiguous(path.back(), offset);
  if (found.size() == 1) return found[0]->value;
  if (has_generated(*relation, path.back()))
    return generated_column(*relation, path.back(), offset);
  return sql_error(sqlstate::kUndefinedColumn, offset,
                   fmt::format("column {}.{} does not exist", join_path(qualifier), path.back()),
                   list_columns(*relation));
}

SqlResult<joins::ScalarPtr> Scope::resolve_unqualified(const std::string& name, int offset) const {
  auto found = columns_named(columns_, name);
  if (found.size() > 1) return ambiguous(name, offset);
  if (found.size() == 1) return found[0]->value;
  return unknown_column(name, offset);
}

SqlError Scope::unknown_column(const std::string& name, int offset) const {
  for (const ScopeRelation& relation : relations_)
    if (has_generated(relation, name)) return generated_column(relation, name, offset);
  return sql_error(sqlstate::kUndefinedColumn, offset,
                   fmt::format("column \"{}\" does not exist", name), column_hint());
}

SqlResult<joins::ScalarPtr> Scope::resolve_using(const std::string& name, std::string_view side,
                                                 int offset) const {
  auto found = columns_named(columns_, name);
  if (found.size() > 1)
    return sql_error(
        sqlstate::kAmbiguousColumn, offset,
        fmt::format("common column name \"{}\" appears more than once in {} table", name, side));
  if (found.empty())
    return sql_error(sqlstate::kUndefinedColumn, offset,
                     fmt::format("column \"{}\" specified in USING clause does not exist in {} "
                                 "table",
                                 name, side),
                     column_hint());
  return found[0]->value;
}

SqlResult<std::vector<ScopeColumn>> Scope::expand_star(const ast::Path& qualifier,
                                                       int offset) const {
  if (!qualifier.empty()) {
    LEAT_ASSIGN_OR_RETURN(const ScopeRelation* relation, find_relation(qualifier, offset));
    return relation->columns;
  }
  if (relations_.empty())
    return sql_error(sqlstate::kSyntaxError, offset,
                     "SELECT * with no tables specified is not valid");
  return columns_;
}

std::string Scope::name_of(int id) const {
  for (const ScopeRelation& relation : relations_)
    for (const ScopeColumn& column : relation.columns)
      if (joins::column_index(*column.value) == id)
        return fmt::format("{}.{}", relation.alias, column.name);
  return "?";
}

SqlResult<const ScopeRelation*> Scope::find_relation(const ast::Path& qualifier, int offset) const {
  const ScopeRelation* found = nullptr;
  for (const ScopeRelation& relation : relations_)
    if (names_relation(relation, qualifier)) found = &relation;
  if (found) return found;
  std::string names;
  for (const ScopeRelation& relation : relations_) {
    if (ends_with_path(relation.title, join_path(qualifier)))
      return sql_error(
          sqlstate::kUndefinedTable, offset,
          fmt::format("invalid reference to FROM-clause entry for table \"{}\"", qualifier.back()),
          fmt::format("Perhaps you meant to reference the table alias \"{}\".", relation.alias));
    names += (names.empty() ? "FROM has " : ", ") + relation.alias;
  }
  return sql_error(sqlstate::kUndefinedTable, offset,
                   fmt::format("missing FROM-clause entry for table \"{}\"", qualifier.back()),
                   names);
}

std::string Scope::column_hint() const {
  std::string hint;
  for (const ScopeRelation& relation : relations_)
    hint += (hint.empty() ? "" : "; ") + list_columns(relation);
  return hint;
}

}  // namespace leat::views::sql

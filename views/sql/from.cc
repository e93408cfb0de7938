#include "views/sql/from.h"

#include <spdlog/fmt/fmt.h>

#include <utility>

#include "joins/scalar/functions.h"
#include "views/sql/error.h"
#include "views/sql/select.h"

namespace leat::views::sql {
namespace {

using joins::ScalarPtr;

SqlResult<From> bind_item(const ast::FromItem& item, Context& context,
                          const CommonTableScope* common_tables);

JoinTreePtr leaf(Relation relation) {
  return std::make_unique<JoinTree>(JoinTree{std::move(relation)});
}

JoinTreePtr inner(JoinTreePtr left, JoinTreePtr right, std::vector<Conjunct> on, int offset) {
  return std::make_unique<JoinTree>(JoinTree{
      JoinNode{joins::JoinKind::inner, std::move(left), std::move(right), std::move(on), offset}});
}

SqlStatus count_relation(Context& context, int offset) {
  if (++context.relations > kRelationsMax)
    return sql_error(sqlstate::kTooComplex, offset,
                     fmt::format("more than {} relations in one statement", kRelationsMax));
  return {};
}

SqlStatus rename_columns(const ast::FromItem& item, std::vector<ScopeColumn>* columns) {
  if (item.column_aliases.size() > columns->size())
    return sql_error(sqlstate::kInvalidColumnReference, item.offset,
                     fmt::format("table \"{}\" has {} columns available but {} columns specified",
                                 item.alias, columns->size(), item.column_aliases.size()));
  for (size_t i = 0; i < item.column_aliases.size(); ++i)
    (*columns)[i].name = item.column_aliases[i];
  return {};
}

// --- Tables and views
// ------------------------------------------------------------------------------

SqlStatus check_kind(const RelationInfo& info, StatementKind kind, int offset) {
  if (kind == StatementKind::query && info.kind != RelationKind::view)
    return not_supported(offset, fmt::format("a query over the table {}", info.name),
                         "table topics are not queryable yet; make a view over it");
  if (kind == StatementKind::view && info.kind == RelationKind::view)
    return not_supported(offset, fmt::format("a view over the view {}", info.name),
                         "write its query as a subquery");
  if (info.kind != RelationKind::view && info.schema.key_columns.empty())
    return not_supported(offset, fmt::format("{}, which has no key,", info.name),
                         "give the table a primary key");
  return {};
}

Relation read_relation(const RelationInfo& info, ColumnIds& ids) {
  joins::Input input;
  input.topic = info.name;
  input.topic_row_type = info.schema.row_type();
  Relation relation;
  for (size_t i = 0; i < info.schema.columns.size(); ++i) {
    input.columns.push_back(static_cast<int>(i));
    relation.column_ids.push_back(ids.allocate());
  }
  relation.plan = std::make_unique<joins::Plan>();
  relation.plan->row_type = input.topic_row_type;
  relation.plan->unique_key = info.schema.key_columns;
  relation.plan->node = std::move(input);
  return relation;
}

size_t visible_columns(const RelationInfo& info) {
  return info.kind == RelationKind::view ? static_cast<size_t>(info.visible_columns)
                                         : info.schema.columns.size();
}

SqlResult<From> bind_catalog_relation(const ast::FromItem& item, const ast::Path& path,
                                      Context& context) {
  auto resolved = context.catalog.resolve(path);
  if (!resolved.ok())
    return sql_error(sqlstate::kUndefinedTable, item.offset, resolved.error().message());
  const RelationInfo& info = *resolved;
  LEAT_RETURN_IF_ERROR(check_kind(info, context.kind, item.offset));
  Relation relation = read_relation(info, context.ids);
  ScopeRelation names;
  names.alias = item.alias.empty() ? path.back() : item.alias;
  names.full_name = item.alias.empty() ? info.name : "";
  names.title = info.name;
  names.generated_columns = info.schema.generated_columns;
  for (size_t i = 0; i < visible_columns(info); ++i)
    names.columns.push_back(
        {info.schema.columns[i].name,
         joins::make_column(relation.column_ids[i], info.schema.columns[i].type)});
  if (info.kind != RelationKind::view)
    for (int column : info.schema.key_columns)
      names.primary_key.push_back(relation.column_ids[static_cast<size_t>(column)]);
  LEAT_RETURN_IF_ERROR(rename_columns(item, &names.columns));
  return From{leaf(std::move(relation)), Scope::of(std::move(names))};
}

// --- Subqueries
// --------------------------------------------------------------------------------------

SqlResult<From> bind_subquery(const ast::FromItem& item, const std::string& alias,
                              const std::vector<std::string>& column_names,
                              const ast::Select& query, Context& context,
                              const CommonTableScope* common_tables) {
  LEAT_ASSIGN_OR_RETURN(QueryPlan plan,
                        plan_select(query, context, common_tables, SelectPlace::subquery));
  Relation relation;
  relation.plan = std::move(plan.relation.plan);
  for (size_t i = 0; i < relation.plan->row_type.size(); ++i)
    relation.column_ids.push_back(context.ids.allocate());
  ScopeRelation names{alias, "", alias, {}, {}};
  for (size_t i = 0; i < plan.relation.columns.size(); ++i)
    names.columns.push_back(
        {i < column_names.size() ? column_names[i] : plan.relation.columns[i].name,
         joins::make_column(relation.column_ids[i], plan.relation.columns[i].type)});
  LEAT_RETURN_IF_ERROR(rename_columns(item, &names.columns));
  return From{leaf(std::move(relation)), Scope::of(std::move(names))};
}

const CommonTableScope* find_common_table(const ast::Path& path, const CommonTableScope* scope) {
  if (path.size() > 1) return nullptr;
  while (scope && scope->table.name != path[0]) scope = scope->outer;
  return scope;
}

SqlResult<From> bind_table(const ast::FromItem& item, const ast::TableRef& table, Context& context,
                           const CommonTableScope* common_tables) {
  const CommonTableScope* common = find_common_table(table.path, common_tables);
  if (!common) return bind_catalog_relation(item, table.path, context);
  const std::string& alias = item.alias.empty() ? common->table.name : item.alias;
  return bind_subquery(item, alias, common->table.column_aliases, *common->table.query, context,
                       common->outer);
}

// --- Joins
// -------------------------------------------------------------------------------------------

struct UsingColumn {
  Conjunct equality;
  ScalarPtr value;  // what the name means after the join
};

SqlResult<UsingColumn> bind_using_column(const std::string& name, const ast::Join& join,
                                         const Scope& left, const Scope& right, int offset) {
  LEAT_ASSIGN_OR_RETURN(ScalarPtr a, left.resolve_using(name, "left", offset));
  LEAT_ASSIGN_OR_RETURN(ScalarPtr b, right.resolve_using(name, "right", offset));
  auto equality = joins::bind_operator("=", {a, b});
  auto common = joins::bind_common_type({a, b}, "JOIN/USING");
  if (!common.ok())
    return SqlError{common.error().message, common.error().sqlstate, common.error().hint, offset};
  if (!equality.ok())
    return SqlError{equality.error().message, equality.error().sqlstate, equality.error().hint,
                    offset};
  size_t side = join.kind == ast::JoinKind::right ? 1 : 0;
  return UsingColumn{{*equality, offset}, (*common)[side]};
}

SqlResult<From> bind_join(const ast::Join& join, int offset, Context& context,
                          const CommonTableScope* common_tables) {
  LEAT_ASSIGN_OR_RETURN(From left, bind_item(*join.left, context, common_tables));
  LEAT_ASSIGN_OR_RETURN(From right, bind_item(*join.right, context, common_tables));
  std::vector<UsingColumn> merged;
  for (const std::string& name : join.using_columns) {
    LEAT_ASSIGN_OR_RETURN(UsingColumn column,
                          bind_using_column(name, join, left.scope, right.scope, offset));
    merged.push_back(std::move(column));
  }
  From from;
  LEAT_ASSIGN_OR_RETURN(from.scope,
                        Scope::join(std::move(left.scope), std::move(right.scope), offset));
  LEAT_ASSIGN_OR_RETURN(std::vector<Conjunct> on,
                        bind_conjuncts(join.condition, from.scope, context, "JOIN/ON"));
  for (size_t i = 0; i < merged.size(); ++i) {
    on.push_back(merged[i].equality);
    from.scope.merge(join.using_columns[i], merged[i].value, i);
  }
  from.tree = inner(std::move(left.tree), std::move(right.tree), std::move(on), offset);
  JoinNode& node = std::get<JoinNode>(from.tree->node);
  if (join.kind == ast::JoinKind::left || join.kind == ast::JoinKind::right)
    node.kind = joins::JoinKind::left;
  if (join.kind == ast::JoinKind::right) std::swap(node.left, node.right);
  return from;
}

SqlResult<From> bind_item(const ast::FromItem& item, Context& context,
                          const CommonTableScope* common_tables) {
  if (const auto* join = std::get_if<ast::Join>(&item.node))
    return bind_join(*join, item.offset, context, common_tables);
  LEAT_RETURN_IF_ERROR(count_relation(context, item.offset));
  if (const auto* table = std::get_if<ast::TableRef>(&item.node))
    return bind_table(item, *table, context, common_tables);
  const auto& derived = std::get<ast::DerivedTable>(item.node);
  return bind_subquery(item, item.alias, {}, *derived.query, context, common_tables);
}

SqlStatus collect_conjuncts(const ast::ExprPtr& expr, Binder& binder, std::string_view clause,
                            std::vector<Conjunct>* conjuncts) {
  const auto* logical = std::get_if<ast::Logical>(&expr->node);
  if (logical && logical->kind == ast::LogicalKind::all_of) {
    for (const ast::ExprPtr& argument : logical->arguments)
      LEAT_RETURN_IF_ERROR(collect_conjuncts(argument, binder, "AND", conjuncts));
    return {};
  }
  LEAT_ASSIGN_OR_RETURN(ScalarPtr condition, binder.bind_condition(expr, clause));
  conjuncts->push_back({std::move(condition), expr->offset});
  return {};
}

}  // namespace

SqlResult<From> bind_from(const std::vector<ast::FromPtr>& items, Context& context,
                          const CommonTableScope* common_tables) {
  From from;
  for (const ast::FromPtr& item : items) {
    LEAT_ASSIGN_OR_RETURN(From next, bind_item(*item, context, common_tables));
    LEAT_ASSIGN_OR_RETURN(from.scope,
                          Scope::join(std::move(from.scope), std::move(next.scope), item->offset));
    from.tree = from.tree ? inner(std::move(from.tree), std::move(next.tree), {}, item->offset)
                          : std::move(next.tree);
  }
  return from;
}

SqlResult<std::vector<Conjunct>> bind_conjuncts(const ast::ExprPtr& expr, const Scope& scope,
                                                Context& context, std::string_view clause) {
  std::vector<Conjunct> conjuncts;
  if (!expr) return conjuncts;
  Binder binder(scope, context.parameters, context.ids);
  binder.forbid_aggregates(clause == "JOIN/ON" ? "JOIN conditions" : clause);
  LEAT_RETURN_IF_ERROR(collect_conjuncts(expr, binder, clause, &conjuncts));
  return conjuncts;
}

}  // namespace leat::views::sql

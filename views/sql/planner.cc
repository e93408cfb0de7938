#include <spdlog/fmt/fmt.h>

#include <set>

#include "views/sql/error.h"
#include "views/sql/parser.h"
#include "views/sql/prune.h"
#include "views/sql/select.h"

namespace leat::views::sql {
namespace {

// A view's columns are named by its readers.
SqlStatus check_column_names(const RelationPlan& relation, const ast::Select& select) {
  std::set<std::string> names;
  for (size_t i = 0; i < relation.columns.size(); ++i) {
    const std::string& name = relation.columns[i].name;
    if (names.insert(name).second) continue;
    int offset = i < select.targets.size() ? select.targets[i].offset : select.offset;
    return sql_error(sqlstate::kDuplicateColumn, offset,
                     fmt::format("column \"{}\" specified more than once", name),
                     "name it with AS");
  }
  return {};
}

}  // namespace

SqlResult<RelationPlan> plan_view(std::string_view query, const RelationCatalog& catalog) {
  LEAT_ASSIGN_OR_RETURN(ast::SelectPtr select, parse_select(query));
  Parameters none;
  Context context{StatementKind::view, catalog, none, {}};
  LEAT_ASSIGN_OR_RETURN(QueryPlan plan,
                        plan_select(*select, context, nullptr, SelectPlace::outermost_of_view));
  LEAT_RETURN_IF_ERROR(check_column_names(plan.relation, *select));
  plan.relation.plan = prune(std::move(plan.relation.plan));
  return std::move(plan.relation);
}

SqlResult<QueryPlan> plan_query(std::string_view text, const RelationCatalog& catalog,
                                const std::vector<uint32_t>& declared_types,
                                const std::vector<Parameter>& values) {
  LEAT_ASSIGN_OR_RETURN(ast::SelectPtr select, parse_select(text));
  LEAT_ASSIGN_OR_RETURN(Parameters parameters, Parameters::create(declared_types, values));
  Context context{StatementKind::query, catalog, parameters, {}};
  LEAT_ASSIGN_OR_RETURN(QueryPlan plan,
                        plan_select(*select, context, nullptr, SelectPlace::outermost_of_query));
  LEAT_ASSIGN_OR_RETURN(plan.parameter_types, parameters.types());
  plan.relation.plan = prune(std::move(plan.relation.plan));
  return plan;
}

}  // namespace leat::views::sql

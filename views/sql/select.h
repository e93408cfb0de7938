// One SELECT as a plan.
#pragma once

#include "views/sql/context.h"
#include "views/sql/sql.h"

namespace leat::views::sql {

// ORDER BY and LIMIT are for a query's outermost SELECT only.
enum class SelectPlace : uint8_t { outermost_of_query, outermost_of_view, subquery };

// The plan is not pruned yet, and the parameters' types are not filled in.
SqlResult<QueryPlan> plan_select(const ast::Select& select, Context& context,
                                 const CommonTableScope* common_tables, SelectPlace place);

}  // namespace leat::views::sql

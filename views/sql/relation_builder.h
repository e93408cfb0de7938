// A plan under construction whose output columns are known by their ids (scope.h).
#pragma once

#include <vector>

#include "joins/plan.h"
#include "joins/scalar/scalar.h"
#include "views/sql/binder.h"

namespace leat::views::sql {

struct Relation {
  joins::PlanPtr plan;          // null: one row without columns (a query without FROM)
  std::vector<int> column_ids;  // of each output column
};

// A condition of WHERE or ON, and its place.
struct Conjunct {
  joins::ScalarPtr condition;  // over ids
  int offset = -1;
};

// EXPRESSION over ids as one over the relation's output positions; it uses no other ids.
joins::ScalarPtr to_positions(const joins::ScalarPtr& expression, const Relation& relation);

// The rows for which all the conditions are true.
Relation filter(Relation relation, const std::vector<Conjunct>& conjuncts);

// All the relation's columns, then the EXPRESSIONS (over ids) under fresh ids; those that are
// columns already are not added again. POSITIONS gets the place of each expression.
Relation extend(Relation relation, const std::vector<joins::ScalarPtr>& expressions, ColumnIds& ids,
                std::vector<int>* positions);

// INPUT may be null, see Relation.
joins::PlanPtr make_filter(joins::PlanPtr input, joins::ScalarPtr condition);
joins::PlanPtr make_map(joins::PlanPtr input, std::vector<joins::ScalarPtr> columns,
                        std::vector<int> unique_key);

}  // namespace leat::views::sql

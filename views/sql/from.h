// FROM: names to relations, joins to a tree.
#pragma once

#include "views/sql/context.h"
#include "views/sql/join_tree.h"
#include "views/sql/scope.h"

namespace leat::views::sql {

struct From {
  JoinTreePtr tree;  // null: no FROM
  Scope scope;
};

SqlResult<From> bind_from(const std::vector<ast::FromPtr>& items, Context& context,
                          const CommonTableScope* common_tables);

// Conditions joined by AND, one by one. CLAUSE is for errors, "WHERE". EXPR may be null.
SqlResult<std::vector<Conjunct>> bind_conjuncts(const ast::ExprPtr& expr, const Scope& scope,
                                                Context& context, std::string_view clause);

}  // namespace leat::views::sql

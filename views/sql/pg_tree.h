// libpg_query's trees to Leat's: the line between the two files that know the library's types.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "views/sql/ast.h"
#include "views/sql/error.h"

struct PgQuery__Node;
struct PgQuery__SelectStmt;

namespace leat::views::sql {

// The tree's own memory ends with the call; results are copies.
SqlResult<ast::SelectPtr> convert_select(const PgQuery__SelectStmt& select);
// NODE may be null: then so is the result.
SqlResult<ast::ExprPtr> convert_expr(const PgQuery__Node* node);

// The strings of a list of names.
std::vector<std::string> convert_names(PgQuery__Node* const* nodes, size_t count);

}  // namespace leat::views::sql

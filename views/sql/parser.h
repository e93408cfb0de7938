// Text to syntax trees, by PostgreSQL's own grammar. Any thread.
#pragma once

#include <string_view>

#include "views/sql/ast.h"
#include "views/sql/sql.h"

namespace leat::views::sql {

// One SELECT; a trailing semicolon and comments are fine. What the grammar has and Leat has not is
// refused with its place.
SqlResult<ast::SelectPtr> parse_select(std::string_view text);

}  // namespace leat::views::sql

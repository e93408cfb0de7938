// The names that PostgreSQL gives to a SELECT's columns.
#pragma once

#include <string>

#include "views/sql/ast.h"

namespace leat::views::sql {

// Of a column without AS: a column's or function's own name, "case", "coalesce" …, or "?column?".
// (PostgreSQL's FigureColname, src/backend/parser/parse_target.c.)
std::string output_name(const ast::Expr& expr);

}  // namespace leat::views::sql

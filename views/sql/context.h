// What the analysis of one statement shares.
#pragma once

#include "views/relation.h"
#include "views/sql/ast.h"
#include "views/sql/binder.h"
#include "views/sql/parameters.h"

namespace leat::views::sql {

enum class StatementKind : uint8_t { view, query };

struct Context {
  StatementKind kind = StatementKind::view;
  const RelationCatalog& catalog;
  Parameters& parameters;
  ColumnIds ids;
  // WITH repeats its queries where they are named; this bounds the whole.
  int relations = 0;
};

inline constexpr int kRelationsMax = 64;

// The names that WITH gives, innermost first; null at the end.
struct CommonTableScope {
  const ast::CommonTable& table;
  const CommonTableScope* outer = nullptr;  // what its own query sees
};

}  // namespace leat::views::sql

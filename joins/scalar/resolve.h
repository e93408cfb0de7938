// PostgreSQL's choice among the functions or operators of one name.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "joins/scalar/catalog.h"
#include "joins/scalar/coercion.h"
#include "joins/scalar/functions.h"

namespace leat::joins {

// A catalog entry and the arguments as it takes them.
struct ResolvedCall {
  const CatalogEntry* entry;
  std::vector<ScalarPtr> arguments;
};

enum class Choice : uint8_t { found, none, ambiguous };

// func_select_candidate and what is around it
// (https://www.postgresql.org/docs/15/typeconv-func.html). IS_OPERATOR: an untyped operand of two
// is first taken for the other's type.
Choice choose(std::span<const CatalogEntry> entries, const std::vector<OperandType>& types,
              bool is_operator, const CatalogEntry** out);

// An operator chosen and its operands brought to its types.
BindResult<ResolvedCall> resolve_operator(std::string_view op, std::vector<ScalarPtr> operands);
BindResult<ResolvedCall> resolve_function(std::string_view name, std::vector<ScalarPtr> arguments);

}  // namespace leat::joins

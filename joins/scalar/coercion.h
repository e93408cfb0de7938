// Which type may stand for which, as pg_cast and pg_type say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "joins/scalar/functions.h"
#include "joins/scalar/kernel.h"
#include "log/model/type.h"

namespace leat::joins {

// What an operand is to overload resolution: none for an untyped literal.
using OperandType = std::optional<TypeId>;
OperandType operand_type(const Scalar& operand);
std::vector<OperandType> operand_types(const std::vector<ScalarPtr>& operands);
// "integer", or "unknown".
std::string operand_type_name(OperandType type);

// pg_type.typcategory ('N', 'S', 'D' …; 'P' for kAnyType) and typispreferred.
char type_category(TypeId type);
bool is_preferred_type(TypeId type);

bool can_coerce(OperandType from, TypeId to, CastContext context);

// The conversion of a value that is not NULL. Null where there is none, or none that Leat knows.
Kernel cast_kernel(TypeId from, TypeId to);

// Applies a modifier to a value of the type (cast_modifier.cc).
ScalarPtr make_modifier_cast(ScalarPtr operand, Type to, CastContext context);

}  // namespace leat::joins

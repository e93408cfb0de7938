// From the errors of values to the errors of rows.
#pragma once

#include "joins/scalar/scalar.h"
#include "log/model/numeric.h"

namespace leat::joins {

inline ScalarResult to_scalar_result(const NumericResult& value, Arena& arena) {
  if (!value.ok()) return RowError{value.error().message, value.error().sqlstate};
  return value->to_datum(arena);
}

}  // namespace leat::joins

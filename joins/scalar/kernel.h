// The functions behind a call: typed arguments in, a value or the row's error out.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "joins/scalar/scalar.h"
#include "log/model/numeric.h"
#include "log/model/value_error.h"

namespace leat::joins {

// Called with arguments that are not NULL (PostgreSQL's strict functions; the others are nodes of
// their own), of the types that the catalog promises.
using Kernel = ScalarResult (*)(std::span<const Datum> arguments, Arena& arena);

inline RowError to_row_error(ValueError error) {
  return {std::move(error.message), error.sqlstate};
}

inline RowError fail(std::string message, const char* sqlstate) {
  return {std::move(message), sqlstate};
}

inline ScalarResult to_scalar(const NumericResult& value, Arena& arena) {
  if (!value.ok()) return to_row_error(value.error());
  return value->to_datum(arena);
}

inline ScalarResult to_scalar(const Result<int64_t, ValueError>& value) {
  if (!value.ok()) return to_row_error(value.error());
  return Datum::of_int(*value);
}

inline Numeric numeric_of(const Datum& value) {
  return Numeric::of_encoded(value.bytes());
}

inline Datum text_of(std::string_view bytes, Arena& arena) {
  return Datum::of_bytes(arena.copy(bytes));
}

// More than a text may have in Leat: PostgreSQL's own limit would be 1 GB in one row of a view.
inline constexpr size_t kTextBytesMax = 64 << 20;
inline RowError text_too_long() {
  return fail("requested length too large (Leat's limit for a computed text is 64 MB)", "54000");
}

}  // namespace leat::joins

// How much may be computed for one row: texts can be repeated in every column, and in every operand
// on the way to it. The same for a view and a query, so that both fail on the same rows.
#pragma once

#include <span>

#include "joins/scalar/scalar.h"

namespace leat::joins {

inline constexpr size_t kRowBytesMax = 256 << 20;

inline RowError row_too_large() {
  return {"row is too big (Leat's limit for all that is computed for one row is 256 MB)", "54000"};
}

// ARENA holds the row's expressions' operands and results.
inline bool is_too_large(const Arena& arena) {
  return arena.used() > kRowBytesMax;
}

// VALUES may point to the same bytes over and over; as a row each is a copy.
inline bool is_too_large(std::span<const Datum> values) {
  size_t bytes = 0;
  for (const Datum& value : values) bytes += value.bytes().size();  // 0 where it is a number
  return bytes > kRowBytesMax;
}

}  // namespace leat::joins

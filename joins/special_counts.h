// How many values of a sum are no ordinary numbers: they decide the result while they are there.
#pragma once

#include <cstdint>
#include <string>

#include "log/base/bytes.h"

namespace leat::joins {

struct SpecialCounts {
  int64_t nan = 0;
  int64_t infinity = 0;
  int64_t negative_infinity = 0;

  bool any() const { return nan != 0 || infinity != 0 || negative_infinity != 0; }
  // ∞ + -∞ has no value.
  bool sum_is_nan() const { return nan != 0 || (infinity != 0 && negative_infinity != 0); }

  void load(ByteReader& reader) {
    nan = reader.zigzag_varint();
    infinity = reader.zigzag_varint();
    negative_infinity = reader.zigzag_varint();
  }
  void store(std::string* out) const {
    append_zigzag(out, nan);
    append_zigzag(out, infinity);
    append_zigzag(out, negative_infinity);
  }
};

}  // namespace leat::joins

// Exact decimal numbers with PostgreSQL's semantics: NaN, infinities, and a display scale that is
// part of the value (1.0 and 1.00 are equal, and print differently).
// src/backend/utils/adt/numeric.c of PostgreSQL 15
//
// The stored encoding, what a Datum of type numeric points at:
//
//   numeric = header (varint) unscaled
//   header  = 0 NaN | 1 Infinity | 2 -Infinity | 3 + display scale
//   unscaled = value * 10^scale, two's complement, least significant byte first, in as few bytes as
//              keep the sign; nothing for 0 and for the first three headers
//
// 12.34 is 05 D2 04; -1 is 03 FF; 0.00 is 05. A value with its display scale has exactly one
// encoding. Trade-off: PostgreSQL's base-10000 digits would save the conversion from and to the
// wire, but cost a loop in every sum and twice the bytes; money-like values are added and compared
// far more often.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "log/base/arena.h"
#include "log/base/bytes.h"
#include "log/base/status.h"
#include "log/model/datum.h"
#include "log/model/value_error.h"
#include "log/model/wide_integer.h"

namespace leat {

enum class NumericKind : uint8_t { finite, nan, infinity, negative_infinity };

inline constexpr int kNumericScaleMax = 16383;
inline constexpr int kNumericIntegerDigitsMax = 131072;

class Numeric {
 public:
  Numeric() = default;  // 0
  Numeric(WideInteger unscaled, int scale) : unscaled_(std::move(unscaled)), scale_(scale) {}
  static Numeric of_int(int64_t value) { return Numeric(WideInteger(value), 0); }
  static Numeric special(NumericKind kind) {
    Numeric out;
    out.kind_ = kind;
    return out;
  }

  // BYTES satisfy is_encoded_numeric (as a decoded row's do).
  static Numeric of_encoded(std::string_view bytes);
  void append_encoded(std::string* out) const;
  // The encoding as a Datum in ARENA.
  Datum to_datum(Arena& arena) const;

  NumericKind kind() const { return kind_; }
  bool is_finite() const { return kind_ == NumericKind::finite; }
  bool is_nan() const { return kind_ == NumericKind::nan; }
  // Of a finite number: value = unscaled / 10^scale.
  const WideInteger& unscaled() const { return unscaled_; }
  int scale() const { return scale_; }
  // -1, 0 or 1; infinities have one, NaN counts as 1.
  int sign() const;

 private:
  WideInteger unscaled_;
  int32_t scale_ = 0;
  NumericKind kind_ = NumericKind::finite;
};

bool is_encoded_numeric(std::string_view bytes);

using NumericResult = Result<Numeric, ValueError>;

// Errors: "value overflows numeric format" beyond PostgreSQL's limits, "division by zero".
NumericResult add(const Numeric& a, const Numeric& b);
NumericResult subtract(const Numeric& a, const Numeric& b);
NumericResult multiply(const Numeric& a, const Numeric& b);
// The scale of the result is PostgreSQL's select_div_scale: at least 16 significant digits.
NumericResult divide(const Numeric& a, const Numeric& b);
NumericResult modulo(const Numeric& a, const Numeric& b);
Numeric negate(const Numeric& a);
Numeric absolute(const Numeric& a);
Numeric sign_of(const Numeric& a);
// To DIGITS after the point, also negative; halves away from zero.
NumericResult round(const Numeric& a, int32_t digits);
Numeric truncate(const Numeric& a, int32_t digits);
NumericResult ceiling(const Numeric& a);
NumericResult floor(const Numeric& a);
// "cannot take square root of a negative number" (2201F).
NumericResult square_root(const Numeric& a);
// An integer exponent; with a fractional one the error says to use double precision
// (numeric_power.cc).
NumericResult power(const Numeric& base, const Numeric& exponent);
// <0, 0, >0; NaN equals NaN and is above everything.
int compare(const Numeric& a, const Numeric& b);

NumericResult parse_numeric(std::string_view text);
void append_numeric_text(const Numeric& value, std::string* out);

// Rounds to a column's precision and scale (an atttypmod; -1: as it is). "numeric field overflow".
NumericResult apply_numeric_modifier(const Numeric& value, int32_t modifier);

// PostgreSQL's casts. To integers: rounds, halves away from zero; TYPE_NAME is for "integer out of
// range". From floats: 15 (float64) or 6 (float32) significant digits.
Result<int64_t, ValueError> numeric_to_int(const Numeric& value, int64_t low, int64_t high,
                                           const char* type_name);
double numeric_to_double(const Numeric& value);
Numeric numeric_of_double(double value);
Numeric numeric_of_float(float value);

// The body of numeric_send and numeric_recv: base-10000 digits.
Result<Numeric> decode_numeric_binary(std::string_view bytes);
void append_numeric_binary(const Numeric& value, std::string* out);

// Appends bytes whose memcmp order is the order of compare(), equal for equal values, none a prefix
// of another (numeric_key.cc).
void append_numeric_key(const Numeric& value, std::string* out);
// Reads it back, with as few digits behind the point as the value has.
Result<Numeric> read_numeric_key(ByteReader& in);

}  // namespace leat

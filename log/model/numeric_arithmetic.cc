#include <algorithm>

#include "log/model/numeric.h"

namespace leat {

namespace {

// Names and values of numeric.h and numeric.c.
constexpr int kDigitsPerGroup = 4;         // DEC_DIGITS: PostgreSQL's digits are base 10000
constexpr int kSignificantDigitsMin = 16;  // NUMERIC_MIN_SIG_DIGITS
constexpr int kDisplayScaleMax = 1000;     // NUMERIC_MAX_DISPLAY_SCALE
constexpr int32_t kResultScaleMax = 2000;  // NUMERIC_MAX_RESULT_SCALE

ValueError overflow() {
  return {"value overflows numeric format", kNumericOutOfRange};
}
ValueError division_by_zero() {
  return {"division by zero", kDivisionByZero};
}

Numeric nan() {
  return Numeric::special(NumericKind::nan);
}
Numeric infinity(bool negative) {
  return Numeric::special(negative ? NumericKind::negative_infinity : NumericKind::infinity);
}

NumericResult within_limits(WideInteger unscaled, int scale) {
  if (scale > kNumericScaleMax) return overflow();
  // Only a long number can have too many digits before its point.
  if (!unscaled.is_small() && unscaled.digit_count() - scale > kNumericIntegerDigitsMax) {
    return overflow();
  }
  return Numeric(std::move(unscaled), scale);
}

WideInteger unscaled_at(const Numeric& value, int scale) {
  return value.unscaled().times_power_of_ten(scale - value.scale());
}

int floor_divide(int a, int b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

// The leading base-10000 digit of a number and its weight (the power of 10000 it counts).
struct LeadingGroup {
  int weight = 0;
  int digit = 0;
};

LeadingGroup leading_group(const Numeric& value) {
  if (value.unscaled().is_zero()) return {};
  int exponent = value.unscaled().digit_count() - 1 - value.scale();
  LeadingGroup out;
  out.weight = floor_divide(exponent, kDigitsPerGroup);
  int drop = value.scale() + kDigitsPerGroup * out.weight;
  WideInteger digit = drop >= 0 ? value.unscaled().over_power_of_ten(drop)
                                : value.unscaled().times_power_of_ten(-drop);
  out.digit = static_cast<int>(digit.small() < 0 ? -digit.small() : digit.small());
  return out;
}

// numeric.c's select_div_scale: the quotient's scale.
int division_scale(const Numeric& a, const Numeric& b) {
  LeadingGroup first = leading_group(a);
  LeadingGroup second = leading_group(b);
  int weight = first.weight - second.weight - (first.digit <= second.digit ? 1 : 0);
  int scale = std::max({kSignificantDigitsMin - weight * kDigitsPerGroup, a.scale(), b.scale(), 0});
  return std::min(scale, kDisplayScaleMax);
}

Numeric add_special(const Numeric& a, const Numeric& b) {
  if (a.is_nan() || b.is_nan()) return nan();
  if (a.is_finite()) return b;
  if (b.is_finite() || a.kind() == b.kind()) return a;
  return nan();
}

Numeric multiply_special(const Numeric& a, const Numeric& b) {
  if (a.is_nan() || b.is_nan() || a.sign() == 0 || b.sign() == 0) return nan();
  return infinity(a.sign() != b.sign());
}

NumericResult divide_special(const Numeric& a, const Numeric& b) {
  if (a.is_nan() || b.is_nan()) return nan();
  if (a.is_finite()) return Numeric();
  if (!b.is_finite()) return nan();
  if (b.sign() == 0) return division_by_zero();
  return infinity(a.sign() != b.sign());
}

NumericResult modulo_special(const Numeric& a, const Numeric& b) {
  if (a.is_nan() || b.is_nan()) return nan();
  if (a.is_finite()) return a;
  if (b.sign() == 0) return division_by_zero();
  return nan();
}

// A step towards +infinity (UP) or -infinity where truncation went the other way.
NumericResult to_integer(const Numeric& a, bool up) {
  if (!a.is_finite()) return a;
  WideInteger whole = a.unscaled().over_power_of_ten(a.scale());
  bool exact = compare(whole.times_power_of_ten(a.scale()), a.unscaled()) == 0;
  if (!exact && (a.sign() > 0) == up) whole = whole + WideInteger(up ? 1 : -1);
  return within_limits(std::move(whole), 0);
}

}  // namespace

NumericResult add(const Numeric& a, const Numeric& b) {
  if (!a.is_finite() || !b.is_finite()) return add_special(a, b);
  if (a.scale() == b.scale()) return within_limits(a.unscaled() + b.unscaled(), a.scale());
  int scale = std::max(a.scale(), b.scale());
  return within_limits(unscaled_at(a, scale) + unscaled_at(b, scale), scale);
}

NumericResult subtract(const Numeric& a, const Numeric& b) {
  return add(a, negate(b));
}

NumericResult multiply(const Numeric& a, const Numeric& b) {
  if (!a.is_finite() || !b.is_finite()) return multiply_special(a, b);
  WideInteger product = a.unscaled() * b.unscaled();
  int scale = a.scale() + b.scale();
  if (scale > kNumericScaleMax) {
    product = product.rounded_over_power_of_ten(scale - kNumericScaleMax);
    scale = kNumericScaleMax;
  }
  return within_limits(std::move(product), scale);
}

NumericResult divide(const Numeric& a, const Numeric& b) {
  if (!a.is_finite() || !b.is_finite()) return divide_special(a, b);
  if (b.unscaled().is_zero()) return division_by_zero();
  int scale = division_scale(a, b);
  WideInteger dividend = a.unscaled().times_power_of_ten(scale + b.scale() - a.scale());
  return within_limits(divide_rounding(dividend, b.unscaled()), scale);
}

NumericResult modulo(const Numeric& a, const Numeric& b) {
  if (!a.is_finite() || !b.is_finite()) return modulo_special(a, b);
  if (b.unscaled().is_zero()) return division_by_zero();
  int scale = std::max(a.scale(), b.scale());
  return Numeric(unscaled_at(a, scale) % unscaled_at(b, scale), scale);
}

Numeric negate(const Numeric& a) {
  if (a.is_finite()) return Numeric(a.unscaled().negated(), a.scale());
  return a.is_nan() ? a : infinity(a.kind() == NumericKind::infinity);
}

Numeric absolute(const Numeric& a) {
  return a.sign() < 0 ? negate(a) : a;
}

Numeric sign_of(const Numeric& a) {
  return a.is_nan() ? a : Numeric::of_int(a.sign());
}

NumericResult round(const Numeric& a, int32_t digits) {
  if (!a.is_finite()) return a;
  digits = std::clamp(digits, -kResultScaleMax, kResultScaleMax);
  if (digits >= a.scale()) return within_limits(unscaled_at(a, digits), digits);
  WideInteger rounded = a.unscaled().rounded_over_power_of_ten(a.scale() - digits);
  if (digits < 0) rounded = rounded.times_power_of_ten(-digits);
  return within_limits(std::move(rounded), std::max(digits, 0));
}

Numeric truncate(const Numeric& a, int32_t digits) {
  if (!a.is_finite()) return a;
  digits = std::clamp(digits, -kResultScaleMax, kResultScaleMax);
  if (digits >= a.scale()) return Numeric(unscaled_at(a, digits), digits);
  WideInteger kept = a.unscaled().over_power_of_ten(a.scale() - digits);
  if (digits < 0) kept = kept.times_power_of_ten(-digits);
  return Numeric(std::move(kept), std::max(digits, 0));
}

NumericResult ceiling(const Numeric& a) {
  return to_integer(a, true);
}
NumericResult floor(const Numeric& a) {
  return to_integer(a, false);
}

// numeric_sqrt's scale: 16 significant digits at least, and no fewer than the argument has.
NumericResult square_root(const Numeric& a) {
  if (a.is_nan()) return a;
  if (a.sign() < 0) return ValueError{"cannot take square root of a negative number", "2201F"};
  if (!a.is_finite()) return a;
  int weight = leading_group(a).weight;
  int whole_digits = weight * kDigitsPerGroup / 2 + 1;
  int scale = std::max({kSignificantDigitsMin - whole_digits, a.scale(), 0});
  scale = std::min(scale, kDisplayScaleMax);
  // One digit more than asked for, so that what follows can be rounded: the square root of an
  // integer never lies exactly on a half unless its last digit says so.
  int shift = 2 * (scale + 1) - a.scale();
  WideInteger scaled =
      shift >= 0 ? a.unscaled().times_power_of_ten(shift) : a.unscaled().over_power_of_ten(-shift);
  return within_limits(scaled.square_root().rounded_over_power_of_ten(1), scale);
}

int compare(const Numeric& a, const Numeric& b) {
  if (a.is_finite() && b.is_finite()) {
    if (a.scale() == b.scale()) return compare(a.unscaled(), b.unscaled());
    if (a.sign() != b.sign()) return a.sign() < b.sign() ? -1 : 1;
    int scale = std::max(a.scale(), b.scale());
    return compare(unscaled_at(a, scale), unscaled_at(b, scale));
  }
  auto rank = [](const Numeric& x) {
    return x.is_nan() ? 2 : x.is_finite() ? 0 : x.kind() == NumericKind::infinity ? 1 : -1;
  };
  return rank(a) - rank(b);
}

NumericResult apply_numeric_modifier(const Numeric& value, int32_t modifier) {
  constexpr int32_t kHeaderBytes = 4;  // VARHDRSZ
  if (modifier < kHeaderBytes || value.is_nan()) return value;
  int32_t packed = modifier - kHeaderBytes;
  int32_t precision = packed >> 16;
  int32_t scale = ((packed & 0x7ff) ^ 1024) - 1024;  // 11 bits, signed
  ValueError too_wide{"numeric field overflow", kNumericOutOfRange};
  if (!value.is_finite()) return too_wide;
  LEAT_ASSIGN_OR_RETURN(Numeric rounded, round(value, scale));
  int digits = rounded.unscaled().digit_count() - rounded.scale();
  if (!rounded.unscaled().is_zero() && digits > precision - scale) return too_wide;
  return rounded;
}

Result<int64_t, ValueError> numeric_to_int(const Numeric& value, int64_t low, int64_t high,
                                           const char* type_name) {
  if (!value.is_finite()) {
    const char* what = value.is_nan() ? "NaN" : "infinity";
    return ValueError{std::string("cannot convert ") + what + " to " + type_name,
                      kFeatureNotSupported};
  }
  WideInteger rounded = value.unscaled().rounded_over_power_of_ten(value.scale());
  if (!rounded.is_small() || rounded.small() < low || rounded.small() > high) {
    return ValueError{std::string(type_name) + " out of range", kNumericOutOfRange};
  }
  return static_cast<int64_t>(rounded.small());
}

}  // namespace leat

// numeric ^ numeric with an integer exponent, rounded as PostgreSQL's power_var_int rounds.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "log/model/numeric.h"

namespace leat {

namespace {

constexpr int kSignificantDigitsMin = 16;
constexpr int kDisplayScaleMax = 1000;
// What is carried beyond the digits that are asked for; each of at most 62 multiplications loses
// less than one unit of the last place, times the growth of earlier errors.
constexpr int kGuardDigits = 40;

ValueError overflow() {
  return {"value overflows numeric format", kNumericOutOfRange};
}

// digits * 10^exponent, with a bounded number of digits.
struct Scaled {
  WideInteger digits;
  int64_t exponent = 0;
};

Scaled limited(Scaled value, int digits_max) {
  int excess = value.digits.digit_count() - digits_max;
  if (excess <= 0) return value;
  return {value.digits.rounded_over_power_of_ten(excess), value.exponent + excess};
}

Scaled multiply_limited(const Scaled& a, const Scaled& b, int digits_max) {
  return limited({a.digits * b.digits, a.exponent + b.exponent}, digits_max);
}

Scaled power_limited(Scaled base, uint64_t exponent, int digits_max) {
  Scaled out{WideInteger(1), 0};
  for (; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0) out = multiply_limited(out, base, digits_max);
    if (exponent > 1) base = multiply_limited(base, base, digits_max);
  }
  return out;
}

// Of the magnitude of a number that is not 0; to about 14 digits.
double log10_of(const Numeric& value) {
  constexpr int kDoubleDigits = 15;
  int excess = std::max(value.unscaled().digit_count() - kDoubleDigits, 0);
  WideInteger leading = value.unscaled().over_power_of_ten(excess);
  return std::log10(std::fabs(static_cast<double>(leading.small()))) + excess - value.scale();
}

NumericResult at_scale(const Scaled& value, int scale) {
  int64_t shift = value.exponent + scale;
  if (shift > kNumericIntegerDigitsMax + kDisplayScaleMax) return overflow();
  WideInteger unscaled;
  if (shift >= 0) {
    unscaled = value.digits.times_power_of_ten(static_cast<int>(shift));
  } else if (-shift <= value.digits.digit_count()) {
    unscaled = value.digits.rounded_over_power_of_ten(static_cast<int>(-shift));
  }
  if (unscaled.digit_count() - scale > kNumericIntegerDigitsMax) return overflow();
  return Numeric(std::move(unscaled), scale);
}

// BASE is finite and not 0.
NumericResult power_of_integer(const Numeric& base, int64_t exponent, int scale) {
  uint64_t times = static_cast<uint64_t>(std::abs(exponent));
  // Where the leading digit of the result lies decides how many digits it takes.
  double magnitude = static_cast<double>(exponent) * log10_of(base);
  if (magnitude > kNumericIntegerDigitsMax + 1) return overflow();
  if (magnitude < -kDisplayScaleMax - 1) return Numeric(WideInteger(), scale);
  auto whole_digits = static_cast<int64_t>(magnitude) + 2;
  int64_t needed = std::max<int64_t>(whole_digits, 0) + scale + kGuardDigits;
  auto digits_max = static_cast<int>(std::min<int64_t>(needed, 2 * kNumericIntegerDigitsMax));
  Scaled power = power_limited({base.unscaled(), -int64_t{base.scale()}}, times, digits_max);
  if (exponent >= 0) return at_scale(power, scale);
  int shift = power.digits.digit_count() + digits_max;
  Scaled inverse{divide_rounding(WideInteger(1).times_power_of_ten(shift), power.digits),
                 -power.exponent - shift};
  return at_scale(inverse, scale);
}

NumericResult power_special(const Numeric& a, const Numeric& b) {
  Numeric one = Numeric::of_int(1);
  auto infinity = Numeric::special(NumericKind::infinity);
  if (a.is_nan()) return b.is_finite() && b.sign() == 0 ? one : a;
  if (b.is_nan()) return compare(a, one) == 0 ? one : b;
  if (compare(a, one) == 0 || b.sign() == 0) return one;
  if (a.sign() == 0 && b.sign() < 0) {
    return ValueError{"zero raised to a negative power is undefined", "2201F"};
  }
  if (!b.is_finite()) {
    int size = compare(absolute(a), one);
    if (size == 0) return one;
    return (size > 0) == (b.sign() > 0) ? infinity : Numeric();
  }
  bool is_whole = compare(truncate(b, 0), b) == 0;
  if (a.sign() < 0 && !is_whole) {
    return ValueError{"a negative number raised to a non-integer power yields a complex result",
                      "2201F"};
  }
  if (b.sign() < 0) return Numeric();
  if (a.sign() > 0) return infinity;
  bool odd = truncate(b, 0).unscaled().is_small() && truncate(b, 0).unscaled().small() % 2 != 0;
  return odd ? a : infinity;
}

}  // namespace

NumericResult power(const Numeric& base, const Numeric& exponent) {
  if (!base.is_finite() || !exponent.is_finite()) return power_special(base, exponent);
  if (base.sign() == 0 && exponent.sign() < 0) {
    return ValueError{"zero raised to a negative power is undefined", "2201F"};
  }
  Numeric whole = truncate(exponent, 0);
  bool is_whole = compare(whole, exponent) == 0;
  if (!is_whole && base.sign() < 0) {
    return ValueError{"a negative number raised to a non-integer power yields a complex result",
                      "2201F"};
  }
  if (base.sign() == 0 && exponent.sign() > 0 && !is_whole) {
    return Numeric(WideInteger(), kSignificantDigitsMin);
  }
  bool fits = is_whole && whole.unscaled().is_int64() &&
              std::abs(static_cast<int64_t>(whole.unscaled().small())) <= INT32_MAX;
  if (!fits) {
    return ValueError{
        "numeric powers with a fractional exponent are not supported: cast to double precision",
        kFeatureNotSupported};
  }
  int scale = std::min(std::max(kSignificantDigitsMin, base.scale()), kDisplayScaleMax);
  auto times = static_cast<int64_t>(whole.unscaled().small());
  if (base.sign() == 0)
    return Numeric(times == 0 ? WideInteger(1).times_power_of_ten(scale) : WideInteger(), scale);
  return power_of_integer(base, times, scale);
}

}  // namespace leat

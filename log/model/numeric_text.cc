#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <charconv>
#include <climits>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "log/model/numeric.h"
#include "log/model/text_scan.h"

namespace leat {

namespace {

ValueError overflow() {
  return {"value overflows numeric format", kNumericOutOfRange};
}

// A number's text, taken apart: [-]WHOLE[.FRACTION][eEXPONENT].
struct Parts {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  int64_t exponent = 0;
};

std::string_view take_digits(std::string_view* rest) {
  size_t size = 0;
  while (size < rest->size() && is_digit((*rest)[size])) ++size;
  std::string_view digits = rest->substr(0, size);
  rest->remove_prefix(size);
  return digits;
}

bool take_sign(std::string_view* rest) {
  if (rest->empty() || (rest->front() != '-' && rest->front() != '+')) return false;
  bool negative = rest->front() == '-';
  rest->remove_prefix(1);
  return negative;
}

bool take_exponent(std::string_view* rest, int64_t* out) {
  if (rest->empty() || (rest->front() | 0x20) != 'e') return true;
  rest->remove_prefix(1);
  // The server reads it with strtol, which skips space.
  while (!rest->empty() && is_space(rest->front())) rest->remove_prefix(1);
  bool negative = take_sign(rest);
  std::string_view digits = take_digits(rest);
  if (digits.empty()) return false;
  auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), *out);
  if (parsed.ec != std::errc{} || *out > INT_MAX) *out = INT_MAX;
  if (negative) *out = -*out;
  return true;
}

std::optional<Parts> split(std::string_view text) {
  Parts parts;
  parts.negative = take_sign(&text);
  parts.whole = take_digits(&text);
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    parts.fraction = take_digits(&text);
  }
  if (parts.whole.empty() && parts.fraction.empty()) return std::nullopt;
  if (!take_exponent(&text, &parts.exponent) || !text.empty()) return std::nullopt;
  return parts;
}

NumericResult numeric_of(const Parts& parts) {
  if (std::abs(parts.exponent) >= INT_MAX / 2) return overflow();
  int64_t scale =
      std::max<int64_t>(static_cast<int64_t>(parts.fraction.size()) - parts.exponent, 0);
  std::string digits(parts.whole);
  digits += parts.fraction;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (scale > kNumericScaleMax) return overflow();
  if (digits.empty()) return Numeric(WideInteger(), static_cast<int>(scale));
  int64_t before_point = static_cast<int64_t>(digits.size()) -
                         static_cast<int64_t>(parts.fraction.size()) + parts.exponent;
  if (before_point > kNumericIntegerDigitsMax) return overflow();
  WideInteger unscaled = WideInteger::of_decimal(digits);
  int64_t zeros = parts.exponent - static_cast<int64_t>(parts.fraction.size());
  if (zeros > 0) unscaled = unscaled.times_power_of_ten(static_cast<int>(zeros));
  return Numeric(parts.negative ? unscaled.negated() : std::move(unscaled),
                 static_cast<int>(scale));
}

std::optional<NumericKind> special_of(std::string_view text) {
  std::string_view unsigned_text = text;
  bool negative = take_sign(&unsigned_text);
  if (equals_ignoring_case(text, "nan")) return NumericKind::nan;
  if (equals_ignoring_case(unsigned_text, "infinity") ||
      equals_ignoring_case(unsigned_text, "inf")) {
    return negative ? NumericKind::negative_infinity : NumericKind::infinity;
  }
  return std::nullopt;
}

Numeric numeric_of_double(double value, int significant_digits) {
  if (std::isnan(value)) return Numeric::special(NumericKind::nan);
  if (std::isinf(value)) {
    return Numeric::special(value < 0 ? NumericKind::negative_infinity : NumericKind::infinity);
  }
  auto parsed = parse_numeric(fmt::format("{:.{}g}", value, significant_digits));
  return std::move(parsed).value();
}

}  // namespace

NumericResult parse_numeric(std::string_view text) {
  std::string_view trimmed = trim_space(text);
  if (auto special = special_of(trimmed)) return Numeric::special(*special);
  auto parts = split(trimmed);
  if (!parts) return invalid_text("numeric", text);
  return numeric_of(*parts);
}

void append_numeric_text(const Numeric& value, std::string* out) {
  if (!value.is_finite()) {
    out->append(value.is_nan() ? "NaN" : value.sign() > 0 ? "Infinity" : "-Infinity");
    return;
  }
  if (value.sign() < 0) out->push_back('-');
  size_t start = out->size();
  value.unscaled().append_digits(out);
  auto scale = static_cast<size_t>(value.scale());
  if (scale == 0) return;
  size_t digits = out->size() - start;
  if (digits <= scale) out->insert(start, scale + 1 - digits, '0');
  out->insert(out->size() - scale, 1, '.');
}

double numeric_to_double(const Numeric& value) {
  if (value.is_finite() && value.scale() == 0 && value.unscaled().is_int64()) {
    return static_cast<double>(static_cast<int64_t>(value.unscaled().small()));
  }
  std::string text;
  append_numeric_text(value, &text);
  return std::strtod(text.c_str(), nullptr);
}

Numeric numeric_of_double(double value) {
  return numeric_of_double(value, 15);
}
Numeric numeric_of_float(float value) {
  return numeric_of_double(value, 6);
}

}  // namespace leat

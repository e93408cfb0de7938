#include "log/model/float_text.h"

#include <spdlog/fmt/fmt.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "log/model/text_scan.h"

namespace leat {

namespace {

// DIGITS[0].DIGITS[1]… * 10^exponent
struct Decimal {
  std::string digits;
  int exponent = 0;
};

Decimal split_scientific(std::string_view text) {
  Decimal out;
  size_t e = text.find('e');
  for (char c : text.substr(0, e)) {
    if (is_digit(c)) out.digits.push_back(c);
  }
  std::string_view exponent = text.substr(e + 1);
  if (exponent.front() == '+') exponent.remove_prefix(1);
  std::from_chars(exponent.data(), exponent.data() + exponent.size(), out.exponent);
  return out;
}

// The shortest digits may lie exactly between two floats, where only the rule "halves to even"
// brings them back. PostgreSQL does not rely on it and prints one digit more; so do we. The
// midpoint of two floats, and a decimal that is equal to it, are exact in a long double.
template <class Float>
bool is_on_boundary(Float value, const char* text) {
  long double decimal = std::strtold(text, nullptr);
  long double exact = value;
  if (decimal == exact) return false;
  Float neighbour =
      std::nextafter(value, decimal > exact ? std::numeric_limits<Float>::infinity() : Float{0});
  return decimal - exact == (static_cast<long double>(neighbour) - exact) / 2;
}

// VALUE is positive and finite.
template <class Float>
Decimal shortest(Float value) {
  char text[48];
  char* end = std::to_chars(text, text + sizeof text - 1, value, std::chars_format::scientific).ptr;
  *end = '\0';
  Decimal out = split_scientific({text, static_cast<size_t>(end - text)});
  if (!is_on_boundary(value, text)) return out;
  auto precision = static_cast<int>(out.digits.size());
  end =
      std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, precision).ptr;
  return split_scientific({text, static_cast<size_t>(end - text)});
}

void append_decimal(const Decimal& value, int exponent_end, std::string* out) {
  const std::string& digits = value.digits;
  auto count = static_cast<int>(digits.size());
  if (value.exponent < -4 || value.exponent >= exponent_end) {
    out->push_back(digits[0]);
    if (count > 1) out->append(".").append(digits, 1);
    fmt::format_to(std::back_inserter(*out), "e{}{:02}", value.exponent < 0 ? '-' : '+',
                   std::abs(value.exponent));
  } else if (value.exponent < 0) {
    out->append("0.").append(static_cast<size_t>(-value.exponent - 1), '0').append(digits);
  } else if (count <= value.exponent + 1) {
    out->append(digits).append(static_cast<size_t>(value.exponent + 1 - count), '0');
  } else {
    auto whole = static_cast<size_t>(value.exponent + 1);
    out->append(digits, 0, whole).append(".").append(digits, whole);
  }
}

// EXPONENT_END: from 10^EXPONENT_END on the scientific form is used.
template <class Float>
void append_float(Float value, int exponent_end, std::string* out) {
  if (std::isnan(value)) {
    out->append("NaN");
    return;
  }
  if (std::signbit(value)) out->push_back('-');
  if (std::isinf(value)) {
    out->append("Infinity");
  } else if (value == 0) {
    out->push_back('0');
  } else {
    append_decimal(shortest(std::abs(value)), exponent_end, out);
  }
}

template <class Float>
std::optional<Float> special_of(std::string_view text) {
  if (equals_ignoring_case(text, "nan")) return std::numeric_limits<Float>::quiet_NaN();
  bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (negative || text.front() == '+')) text.remove_prefix(1);
  if (!equals_ignoring_case(text, "infinity") && !equals_ignoring_case(text, "inf")) {
    return std::nullopt;
  }
  Float infinity = std::numeric_limits<Float>::infinity();
  return negative ? -infinity : infinity;
}

template <class Float>
Result<Float, ValueError> parse_float(std::string_view text, const char* type) {
  std::string_view trimmed = trim_space(text);
  if (auto special = special_of<Float>(trimmed)) return *special;
  std::string_view number = trimmed;
  if (!number.empty() && number.front() == '+') number.remove_prefix(1);
  size_t first = number.find_first_not_of('-');
  bool starts_well = first != std::string_view::npos && first <= 1 &&
                     (is_digit(number[first]) || number[first] == '.') &&
                     !(trimmed.front() == '+' && number.front() == '-');
  Float value = 0;
  auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
  if (!starts_well || parsed.ec == std::errc::invalid_argument ||
      parsed.ptr != number.data() + number.size()) {
    return invalid_text(type, text);
  }
  if (parsed.ec == std::errc::result_out_of_range) {
    return ValueError{fmt::format("\"{}\" is out of range for type {}", trimmed, type),
                      kNumericOutOfRange};
  }
  return value;
}

}  // namespace

void append_float32_text(float value, std::string* out) {
  append_float(value, 6, out);
}
void append_float64_text(double value, std::string* out) {
  append_float(value, 15, out);
}

Result<float, ValueError> parse_float32(std::string_view text) {
  return parse_float<float>(text, "real");
}
Result<double, ValueError> parse_float64(std::string_view text) {
  return parse_float<double>(text, "double precision");
}

}  // namespace leat

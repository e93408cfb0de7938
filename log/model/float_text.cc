#include "log/model/float_text.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

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

template <class Float>
Decimal to_digits(Float value, int digits) {
  char text[48];
  char* end =
      std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, digits - 1).ptr;
  return split_scientific({text, static_cast<size_t>(end - text)});
}

// Where a decimal lies between a float and its neighbour on that side.
enum class Place : uint8_t { nearer_to_it, in_the_middle, nearer_to_neighbour };

// The decimal is this very number: its digits, and then nothing but zeros. (No long double that a
// float's neighbourhood holds has more digits than these.)
bool is_exactly(const Decimal& decimal, long double number) {
  constexpr int kDigitsMax = 1100;
  char text[kDigitsMax + 32];
  const int size = std::snprintf(text, sizeof text, "%.*Le", kDigitsMax, number);
  Decimal whole = split_scientific({text, static_cast<size_t>(size)});
  whole.digits.erase(whole.digits.find_last_not_of('0') + 1);
  std::string digits = decimal.digits;
  digits.erase(digits.find_last_not_of('0') + 1);
  return whole.exponent == decimal.exponent && whole.digits == digits;
}

// VALUE is above zero. In long doubles, which have the midpoint of two floats exactly. They may
// lack the decimal: then it can seem to lie in the middle while it lies beside.
template <class Float>
Place place_of(const Decimal& decimal, Float value) {
  std::string text = decimal.digits + "e" +
                     std::to_string(decimal.exponent - static_cast<int>(decimal.digits.size()) + 1);
  const long double number = std::strtold(text.c_str(), nullptr);
  const long double distance = number - static_cast<long double>(value);
  if (distance == 0) return Place::nearer_to_it;
  Float infinity = std::numeric_limits<Float>::infinity();
  Float neighbour = std::nextafter(value, distance > 0 ? infinity : -infinity);
  long double half = (static_cast<long double>(neighbour) - value) / 2;
  if (distance != half) {
    return std::fabs(distance) < std::fabs(half) ? Place::nearer_to_it : Place::nearer_to_neighbour;
  }
  if (is_exactly(decimal, number)) return Place::in_the_middle;
  Float read_back = 0;
  std::from_chars(text.data(), text.data() + text.size(), read_back);
  return read_back == value ? Place::nearer_to_it : Place::nearer_to_neighbour;
}

// The decimal of as many digits one step nearer to zero.
Decimal step_down(Decimal decimal) {
  size_t at = decimal.digits.find_last_not_of('0');
  std::fill(decimal.digits.begin() + static_cast<ptrdiff_t>(at) + 1, decimal.digits.end(), '9');
  --decimal.digits[at];
  if (decimal.digits[0] == '0') {
    decimal.digits = decimal.digits.substr(1) + '9';
    --decimal.exponent;
  }
  return decimal;
}

// The fewest digits that lie nearer to VALUE than to any other float. std::to_chars also takes
// those in the middle of two, where only the rule "halves to even" brings them back; PostgreSQL
// does not.
template <class Float>
Decimal shortest(Float value) {
  char text[48];
  char* end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  Decimal out = split_scientific({text, static_cast<size_t>(end - text)});
  if (place_of(out, value) != Place::in_the_middle) return out;
  for (int digits = static_cast<int>(out.digits.size());
       digits < std::numeric_limits<Float>::max_digits10; ++digits) {
    Decimal rounded = to_digits(value, digits);
    if (place_of(rounded, value) == Place::nearer_to_it) return rounded;
    Decimal below = step_down(rounded);
    if (place_of(below, value) == Place::nearer_to_it) return below;
  }
  return to_digits(value, std::numeric_limits<Float>::max_digits10);
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

float read(const char* text, char** end, float) {
  return std::strtof(text, end);
}
double read(const char* text, char** end, double) {
  return std::strtod(text, end);
}

ValueError out_of_range(std::string_view text, const char* type) {
  return {fmt::format("\"{}\" is out of range for type {}", text, type), kNumericOutOfRange};
}

// As float4in and float8in do: whatever C's strtod takes.
template <class Float>
Result<Float, ValueError> parse_float(std::string_view text, const char* type) {
  std::string copy(text);
  const char* start = copy.c_str();
  while (is_space(*start)) ++start;
  char* end = nullptr;
  errno = 0;
  Float value = read(start, &end, Float{});
  if (end == start) return invalid_text(type, text);
  if (errno == ERANGE && (value == 0 || std::isinf(value))) {
    bool wide = sizeof(Float) == sizeof(double);
    return out_of_range(wide ? std::string_view(start, static_cast<size_t>(end - start)) : text,
                        type);
  }
  while (is_space(*end)) ++end;
  if (end != copy.c_str() + copy.size()) return invalid_text(type, text);
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

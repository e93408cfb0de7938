#include "cdc/mysql/binlog/decimal.h"

#include <spdlog/fmt/fmt.h>

#include "cdc/mysql/binlog/packed_integer.h"

namespace leat::cdc::mysql {
namespace {

constexpr uint32_t kGroupDigits = 9;
constexpr uint32_t kBytesOfDigits[] = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};
constexpr uint32_t kInt128Digits = 38;

// Hands the digits to SINK in groups, from the left: SINK(value, digits). False where a group's
// bytes hold a number of more digits.
template <class Sink>
bool for_each_group(std::string_view bytes, uint32_t precision, uint32_t scale, Sink&& sink) {
  bool negative = (static_cast<uint8_t>(bytes[0]) & 0x80) == 0;
  bool first = true;
  auto take = [&](uint32_t digits) {
    uint32_t size = kBytesOfDigits[digits];
    auto value = static_cast<uint32_t>(load_be_bytes(bytes.substr(0, size)));
    bytes.remove_prefix(size);
    if (first) value ^= 0x80U << (size - 1) * 8;
    first = false;
    if (negative) value = ~value & static_cast<uint32_t>((1ULL << size * 8) - 1);
    sink(value, digits);
    return value < power_of_ten(static_cast<int>(digits));
  };
  bool good = true;
  uint32_t whole = precision - scale;
  if (whole % kGroupDigits != 0) good = take(whole % kGroupDigits);
  for (uint32_t i = 0; i < whole / kGroupDigits; ++i) good = take(kGroupDigits) && good;
  for (uint32_t i = 0; i < scale / kGroupDigits; ++i) good = take(kGroupDigits) && good;
  if (scale % kGroupDigits != 0) good = take(scale % kGroupDigits) && good;
  return good;
}

WideInteger large_magnitude(std::string_view bytes, uint32_t precision, uint32_t scale,
                            bool* good) {
  std::string digits;
  *good = for_each_group(bytes, precision, scale, [&](uint32_t value, uint32_t count) {
    fmt::format_to(std::back_inserter(digits), "{:0{}}", value, count);
  });
  return *good ? WideInteger::of_decimal(digits) : WideInteger();
}

WideInteger small_magnitude(std::string_view bytes, uint32_t precision, uint32_t scale,
                            bool* good) {
  int128 sum = 0;
  *good = for_each_group(bytes, precision, scale, [&](uint32_t value, uint32_t count) {
    sum = sum * power_of_ten(static_cast<int>(count)) + value;
  });
  return WideInteger(sum);
}

}  // namespace

Result<Numeric> decode_decimal(std::string_view bytes, uint32_t precision, uint32_t scale) {
  bool negative = (static_cast<uint8_t>(bytes[0]) & 0x80) == 0;
  bool good = true;
  // A damaged group may hold up to ten digits: a small sum keeps room for them.
  WideInteger magnitude = precision + 2 < kInt128Digits
                              ? small_magnitude(bytes, precision, scale, &good)
                              : large_magnitude(bytes, precision, scale, &good);
  if (!good) return Error::permanent("a damaged DECIMAL: nine digits hold a larger number");
  return Numeric(negative ? magnitude.negated() : std::move(magnitude), static_cast<int>(scale));
}

}  // namespace leat::cdc::mysql

#include "log/base/size_text.h"

#include <array>
#include <cmath>
#include <string_view>

namespace leat {
namespace {

constexpr std::array<std::string_view, 5> kUnits = {"B", "KB", "MB", "GB", "TB"};
constexpr uint64_t kUnitFactor = 1024;
// From here on a unit gives way to the next larger one.
constexpr uint64_t kUnitCountMax = 10'000;

// Three digits are enough to read.
std::string short_number(double value) {
  if (value >= 10) return count_text(static_cast<uint64_t>(std::llround(value)));
  auto tenths = static_cast<int>(std::lround(value * 10));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

}  // namespace

std::string count_text(uint64_t count) {
  std::string digits = std::to_string(count);
  for (size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string bytes_text(uint64_t bytes) {
  if (bytes < kUnitFactor) return count_text(bytes) + " B";
  // Below a megabyte units change over at 1024, as one is used to.
  size_t unit = bytes < kUnitFactor * kUnitFactor ? 1 : 2;
  double value = static_cast<double>(bytes) / static_cast<double>(unit == 1 ? 1 << 10 : 1 << 20);
  for (; value >= kUnitCountMax && unit + 1 < kUnits.size(); ++unit) value /= kUnitFactor;
  return short_number(value) + " " + std::string(kUnits[unit]);
}

}  // namespace leat

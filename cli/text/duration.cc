#include "cli/text/duration.h"

#include <array>
#include <charconv>

namespace leat::cli {
namespace {

constexpr std::string_view kForever = "forever";

struct Unit {
  std::string_view name;
  int64_t ms;
};
constexpr std::array<Unit, 5> kUnits{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"min", 60'000}, {"s", 1000}, {"ms", 1}}};

}  // namespace

std::optional<int64_t> parse_duration_ms(std::string_view text) {
  if (text == kForever) return INT64_MAX;
  int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  for (const Unit& unit : kUnits) {
    if (text == unit.name && number <= INT64_MAX / unit.ms) return number * unit.ms;
  }
  return number == 0 && text.empty() ? std::optional<int64_t>(0) : std::nullopt;
}

std::string exact_duration_text(int64_t ms) {
  if (ms == INT64_MAX) return std::string(kForever);
  if (ms == 0) return "0";
  for (const Unit& unit : kUnits) {
    if (ms % unit.ms == 0) return std::to_string(ms / unit.ms) + std::string(unit.name);
  }
  return std::to_string(ms) + "ms";
}

}  // namespace leat::cli

#include "cli/text/units.h"

#include <spdlog/fmt/fmt.h>

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <ctime>

namespace leat::cli {
namespace {

struct SizeUnit {
  std::string_view name;
  uint64_t bytes;
};
constexpr std::array<SizeUnit, 5> kSizeUnits = {
    {{"B", 1}, {"KB", 1ULL << 10}, {"MB", 1ULL << 20}, {"GB", 1ULL << 30}, {"TB", 1ULL << 40}}};

constexpr int64_t kMillisecond = 1000;
constexpr int64_t kSecond = 1000 * kMillisecond;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

std::string duration_text(int64_t us) {
  if (us < 0) us = 0;
  if (us < kSecond) return fmt::format("{} ms", us / kMillisecond);
  if (us < kMinute) return fmt::format("{:.1f} s", static_cast<double>(us) / kSecond);
  if (us < 2 * kHour) return fmt::format("{} min", us / kMinute);
  if (us < 2 * kDay) return fmt::format("{} h", us / kHour);
  return fmt::format("{} d", us / kDay);
}

std::string rate_text(double per_second, std::string_view unit) {
  auto whole = static_cast<uint64_t>(std::llround(std::max(per_second, 0.0)));
  if (whole < 10'000) return fmt::format("{} {}/s", count_text(whole), unit);
  if (whole < 10'000'000) return fmt::format("{}k {}/s", count_text((whole + 500) / 1000), unit);
  return fmt::format("{}M {}/s", count_text((whole + 500'000) / 1'000'000), unit);
}

std::string percent_text(uint64_t part, uint64_t whole) {
  if (whole == 0) return "–";
  return fmt::format("{} %", std::min<uint64_t>(100, part * 100 / whole));
}

std::string clock_text(int64_t unix_us) {
  std::time_t seconds = unix_us / kSecond;
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return fmt::format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::optional<uint64_t> parse_bytes(std::string_view text) {
  text = trimmed(text);
  uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  std::string name = upper(trimmed(text));
  for (const SizeUnit& unit : kSizeUnits) {
    if (name != unit.name && !(name.empty() && unit.bytes == 1)) continue;
    if (number > UINT64_MAX / unit.bytes) return std::nullopt;
    return number * unit.bytes;
  }
  return std::nullopt;
}

size_t display_width(std::string_view text) {
  size_t width = 0;
  for (char c : text) width += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return width;
}

std::string padded(std::string_view text, size_t width) {
  std::string out(text);
  size_t have = display_width(text);
  if (have < width) out.append(width - have, ' ');
  return out;
}

}  // namespace leat::cli

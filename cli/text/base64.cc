#include "cli/text/base64.h"

#include <cstdint>

namespace leat::cli {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr size_t kGroupDigits = 4;
constexpr size_t kGroupBytes = 3;

}  // namespace

std::optional<std::string> base64_bytes(std::string_view text) {
  if (text.size() % kGroupDigits != 0) return std::nullopt;
  size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  std::string bytes;
  for (size_t i = 0; i < text.size(); i += kGroupDigits) {
    bool is_last = i + kGroupDigits == text.size();
    size_t digits = is_last ? kGroupDigits - padding : kGroupDigits;
    uint32_t group = 0;
    for (size_t j = 0; j < kGroupDigits; ++j) {
      size_t value = j < digits ? kDigits.find(text[i + j]) : 0;
      if (value == std::string_view::npos) return std::nullopt;
      group = group << 6 | static_cast<uint32_t>(value);
    }
    size_t size = digits - 1;
    if ((group & ((1U << (8 * (kGroupBytes - size))) - 1)) != 0) return std::nullopt;
    for (size_t j = 0; j < size; ++j) bytes.push_back(static_cast<char>(group >> (16 - 8 * j)));
  }
  return bytes;
}

}  // namespace leat::cli

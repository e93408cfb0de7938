// Small pieces that the parsers of values share.
#pragma once

#include <string>
#include <string_view>

#include "log/model/value_error.h"

namespace leat {

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
inline bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
inline bool is_letter(char c) {
  return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}
inline char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
inline char ascii_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

inline std::string_view trim_space(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// LOWER is in lower case already.
inline bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (ascii_lower(text[i]) != lower[i]) return false;
  }
  return true;
}

// `invalid input syntax for type TYPE: "TEXT"`.
inline ValueError invalid_text(std::string_view type, std::string_view text,
                               const char* sqlstate = kInvalidText) {
  std::string message = "invalid input syntax for type ";
  message.append(type).append(": \"").append(text).append("\"");
  return {std::move(message), sqlstate};
}

}  // namespace leat

#include "cdc/postgres/quote.h"

namespace leat::cdc {
namespace {

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (char c : text) {
    if (c == quote) out.push_back(quote);
    out.push_back(c);
  }
  out.push_back(quote);
  return out;
}

}  // namespace

// With a backslash it is the E'' form, which reads the same whatever standard_conforming_strings
// is.
std::string sql_literal(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) return quoted(text, '\'');
  std::string doubled;
  for (char c : text) {
    if (c == '\\') doubled.push_back('\\');
    doubled.push_back(c);
  }
  return "E" + quoted(doubled, '\'');
}

std::string sql_identifier(std::string_view text) {
  return quoted(text, '"');
}

}  // namespace leat::cdc

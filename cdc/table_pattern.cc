#include "cdc/table_pattern.h"

#include <algorithm>

namespace leat::cdc {
namespace {

bool glob_matches(std::string_view pattern, std::string_view text) {
  size_t p = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;  // the last one seen, and what it covers up to
  size_t covered = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      covered = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++covered;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace

bool table_matches(std::string_view pattern, std::string_view schema, std::string_view table) {
  size_t dot = pattern.find('.');
  if (dot == std::string_view::npos) return schema == "public" && glob_matches(pattern, table);
  return glob_matches(pattern.substr(0, dot), schema) &&
         glob_matches(pattern.substr(dot + 1), table);
}

bool table_matches_any(const std::vector<std::string>& patterns, std::string_view schema,
                       std::string_view table) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return table_matches(pattern, schema, table);
  });
}

}  // namespace leat::cdc

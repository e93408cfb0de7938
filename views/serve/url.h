// The target of an HTTP request: "/topics/shop.orders/records?from_cut=7&follow=1".
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/status.h"

namespace leat::views::serve {

struct Url {
  std::string path;
  std::vector<std::string> parts;  // of the path, decoded one by one: "%2F" does not split
  std::map<std::string, std::string, std::less<>> query;
};

// "a/b/" → {"a", "b"}; not decoded.
std::vector<std::string> path_parts(std::string_view path);

// Decodes percent escapes (and '+' as a blank in the query); a bad escape is an error.
Result<Url> parse_url_target(std::string_view target);

// The bytes with everything but unreserved characters (RFC 3986) escaped.
std::string url_escape(std::string_view bytes);

}  // namespace leat::views::serve

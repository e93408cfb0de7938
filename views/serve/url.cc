#include "views/serve/url.h"

#include <cctype>

namespace leat::views::serve {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      bool whole = text.size() - i > 2;
      int high = whole ? hex_digit(text[i + 1]) : -1;
      int low = whole ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return Error::permanent("bad % escape in the address");
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(text[i] == '+' && plus_is_blank ? ' ' : text[i]);
    }
  }
  return out;
}

Status add_parameter(std::string_view pair, Url* url) {
  size_t equals = pair.find('=');
  std::string_view value = equals == pair.npos ? std::string_view() : pair.substr(equals + 1);
  LEAT_ASSIGN_OR_RETURN(std::string name, decode(pair.substr(0, equals), true));
  LEAT_ASSIGN_OR_RETURN(url->query[name], decode(value, true));
  return Ok{};
}

}  // namespace

std::vector<std::string> path_parts(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    size_t slash = path.find('/');
    if (slash != 0) parts.emplace_back(path.substr(0, slash));
    path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
  }
  return parts;
}

Result<Url> parse_url_target(std::string_view target) {
  Url url;
  size_t question = target.find('?');
  LEAT_ASSIGN_OR_RETURN(url.path, decode(target.substr(0, question), false));
  for (const std::string& part : path_parts(target.substr(0, question))) {
    LEAT_ASSIGN_OR_RETURN(std::string decoded, decode(part, false));
    url.parts.push_back(std::move(decoded));
  }
  std::string_view rest =
      question == target.npos ? std::string_view() : target.substr(question + 1);
  while (!rest.empty()) {
    size_t end = rest.find('&');
    if (end != 0) LEAT_RETURN_IF_ERROR(add_parameter(rest.substr(0, end), &url));
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  }
  return url;
}

std::string url_escape(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~') {
      out.push_back(c);
    } else {
      out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    }
  }
  return out;
}

}  // namespace leat::views::serve

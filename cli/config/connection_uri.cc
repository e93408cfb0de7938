#include "cli/config/connection_uri.h"

#include <algorithm>
#include <charconv>

namespace leat::cli {
namespace {

constexpr std::string_view kSecretParameters[] = {"password=", "sslpassword="};

bool starts_with_scheme(std::string_view uri) {
  return uri.starts_with("postgresql://") || uri.starts_with("postgres://");
}

// user[:password]@host…/database?parameters, without the scheme.
std::string_view behind_scheme(std::string_view uri) {
  size_t at = uri.find("://");
  return at == std::string_view::npos ? uri : uri.substr(at + 3);
}

// Where the part with the user, the host and the port ends. A password may hold a bare '/' by
// mistake, so what stands before the last '@' of the part before '?' belongs to it.
size_t authority_end(std::string_view rest) {
  size_t parameters = std::min(rest.find('?'), rest.size());
  size_t user_end = rest.substr(0, parameters).rfind('@');
  return rest.find('/', user_end == std::string_view::npos ? 0 : user_end);
}

std::string redact_parameters(std::string_view parameters) {
  std::string out;
  while (!parameters.empty()) {
    size_t end = std::min(parameters.find('&'), parameters.size());
    std::string_view one = parameters.substr(0, end);
    std::string_view secret;
    for (std::string_view name : kSecretParameters) {
      if (one.starts_with(name)) secret = name;
    }
    out += secret.empty() ? std::string(one) : std::string(secret) + "***";
    if (end < parameters.size()) out += '&';
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
  }
  return out;
}

// Whether a '/' or '@' of the user's name or the password would be read as the end of it: the rest
// would be taken for a host, and be printed.
bool has_bare_separator(std::string_view rest) {
  std::string_view place = rest.substr(0, rest.find('?'));
  size_t at = place.find('@');
  return at != std::string_view::npos &&
         (place.find('/') < at || place.find('@', at + 1) != std::string_view::npos);
}

constexpr const char* kNoMysqlUri = "is not a URI such as mysql://leat@localhost:3306/shop";

// None where a % is not followed by two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    size_t taken = 1;
    char c = text.front();
    if (c == '%') {
      taken = 3;
      unsigned byte = 0;
      if (text.size() < taken) return std::nullopt;
      auto parsed = std::from_chars(text.data() + 1, text.data() + taken, byte, 16);
      if (parsed.ec != std::errc() || parsed.ptr != text.data() + taken) return std::nullopt;
      c = static_cast<char>(byte);
    }
    out += c;
    text.remove_prefix(taken);
  }
  return out;
}

// "host", "host:3306", "[::1]:3306".
bool parse_host(std::string_view text, MysqlUri* out) {
  size_t colon = text.rfind(':');
  if (text.ends_with(']')) colon = std::string_view::npos;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  out->host = host;
  if (colon == std::string_view::npos) return !host.empty();
  std::string_view port = text.substr(colon + 1);
  auto parsed = std::from_chars(port.data(), port.data() + port.size(), out->port);
  return !host.empty() && parsed.ec == std::errc() && parsed.ptr == port.data() + port.size() &&
         out->port != 0;
}

bool parse_user(std::string_view text, MysqlUri* out) {
  size_t colon = text.find(':');
  auto user = percent_decoded(text.substr(0, colon));
  if (!user || user->empty()) return false;
  out->user = *user;
  if (colon == std::string_view::npos) return true;
  out->password = percent_decoded(text.substr(colon + 1));
  return out->password.has_value();
}

}  // namespace

Result<MysqlUri> parse_mysql_uri(std::string_view uri) {
  if (!uri.starts_with("mysql://") && !uri.starts_with("mariadb://")) {
    return Error::permanent(kNoMysqlUri);
  }
  std::string_view rest = behind_scheme(uri);
  if (rest.find('?') != std::string_view::npos) {
    return Error::permanent("has parameters; there are none (tls and the like are keys beside it)");
  }
  std::string_view place = rest.substr(0, authority_end(rest));
  size_t at = place.rfind('@');
  if (at == std::string_view::npos) {
    return Error::permanent(
        "names no user: write it before the host, as in "
        "mysql://leat@localhost:3306/shop");
  }
  MysqlUri out;
  if (!parse_user(place.substr(0, at), &out) || !parse_host(place.substr(at + 1), &out)) {
    return Error::permanent(kNoMysqlUri);
  }
  auto database = percent_decoded(rest.substr(std::min(place.size() + 1, rest.size())));
  if (!database) return Error::permanent(kNoMysqlUri);
  out.database = *database;
  return out;
}

Status check_postgres_uri(std::string_view uri) {
  if (!starts_with_scheme(uri)) {
    return Error::permanent("is not a URI such as postgresql://leat@localhost:5432/shop");
  }
  std::string_view rest = behind_scheme(uri);
  if (has_bare_separator(rest)) {
    return Error::permanent(
        "cannot be told apart: write / as %2F, @ as %40 and : as %3A in the user's name and in "
        "the password");
  }
  size_t slash = authority_end(rest);
  bool named = slash != std::string_view::npos && slash + 1 < rest.size() && rest[slash + 1] != '?';
  if (named || rest.find("dbname=") != std::string_view::npos) return {};
  return Error::permanent("names no database: write it behind the host, as in " +
                          std::string("postgresql://leat@localhost:5432/shop"));
}

std::string redacted(std::string_view uri) {
  std::string_view rest = behind_scheme(uri);
  std::string out(uri.substr(0, uri.size() - rest.size()));
  size_t question = std::min(rest.find('?'), rest.size());
  std::string_view place = rest.substr(0, question);
  size_t user_end = place.rfind('@');
  if (user_end != std::string_view::npos) {
    size_t colon = place.substr(0, user_end).find(':');
    bool secret = colon != std::string_view::npos;
    out += place.substr(0, secret ? colon : user_end);
    if (secret) out += ":***";
    place.remove_prefix(user_end);
  }
  out += place;
  if (question < rest.size()) out += '?' + redact_parameters(rest.substr(question + 1));
  return out;
}

}  // namespace leat::cli

#include "cli/config/connection_uri.h"

#include <algorithm>

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

}  // namespace

Status check_postgres_uri(std::string_view uri) {
  if (!starts_with_scheme(uri)) {
    return Error::permanent("is not a URI such as postgresql://leat@localhost:5432/shop");
  }
  std::string_view rest = behind_scheme(uri);
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

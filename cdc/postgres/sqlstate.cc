#include "cdc/postgres/sqlstate.h"

#include <algorithm>
#include <cctype>

namespace leat::cdc {
namespace {

bool is_sqlstate(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isdigit(c) || std::isupper(c);
         });
}

}  // namespace

ErrorKind classify_sqlstate(std::string_view sqlstate) {
  // Connection failures, serialization failures and deadlocks, lack of resources, the operator's
  // doings (shutdown, crash, start-up), system errors, an object that is still in use (a slot whose
  // walsender has not noticed yet that we are gone), and a lock that somebody holds.
  std::string_view whole_classes[] = {"08", "40", "53", "57", "58"};
  bool transient = sqlstate == "55006" || sqlstate == "55P03" ||
                   std::any_of(std::begin(whole_classes), std::end(whole_classes),
                               [&](std::string_view c) { return sqlstate.starts_with(c); });
  return transient ? ErrorKind::transient : ErrorKind::permanent;
}

std::optional<std::string_view> find_sqlstate(std::string_view verbose_message) {
  constexpr std::string_view kBefore = ":  ";
  for (size_t at = verbose_message.find(kBefore); at != std::string_view::npos;
       at = verbose_message.find(kBefore, at + 1)) {
    std::string_view rest = verbose_message.substr(at + kBefore.size());
    if (rest.size() > 5 && rest[5] == ':' && is_sqlstate(rest.substr(0, 5)))
      return rest.substr(0, 5);
  }
  return std::nullopt;
}

}  // namespace leat::cdc

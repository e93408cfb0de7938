#include "cdc/postgres/connect_error.h"

#include "cdc/postgres/sqlstate.h"

namespace leat::cdc {
namespace {

constexpr std::string_view kGivePassword =
    "Give it by password_file in leat.yaml, PGPASSWORD or ~/.pgpass";

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

// Of several addresses the last one that was tried: what follows "connection to server at … failed:
// ".
std::string_view behind_address(std::string_view message) {
  constexpr std::string_view kFailed = " failed: ";
  size_t at = message.rfind("connection to server ");
  if (at == std::string_view::npos) return message;
  size_t failed = message.find(kFailed, at);
  return failed == std::string_view::npos ? message : message.substr(failed + kFailed.size());
}

// "FATAL:  28P01: password …" without its beginning.
std::string_view behind_state(std::string_view text, std::string_view state) {
  size_t at = text.find(state);
  if (at == std::string_view::npos) return text;
  size_t begin = text.find_first_not_of(": ", at + state.size());
  return begin == std::string_view::npos ? text : text.substr(begin);
}

std::string_view advice(std::string_view state, std::string_view text) {
  if (state == "28P01") return kGivePassword;
  if (text.find("pg_hba.conf") != std::string_view::npos) {
    return "Let it in there on the server, and reload it: SELECT pg_reload_conf()";
  }
  if (state == "28000") return "Make the role, or name another in the address";
  if (state == "3D000") return "Name another in the address";
  return "";
}

std::string sentences(std::string_view what, std::string_view to_do) {
  std::string out(what);
  return to_do.empty() ? out : out.append(". ").append(to_do);
}

}  // namespace

Error describe_connect_failure(std::string_view message, bool needs_password) {
  if (needs_password) {
    return Error::permanent(sentences("the server asks for a password", kGivePassword));
  }
  std::string_view text = first_line(behind_address(message));
  auto state = find_sqlstate(text);
  if (!state) {
    return Error::transient(
        sentences(text, "Is the server running there, and is the address right?"));
  }
  std::string_view said = behind_state(text, *state);
  std::string whole = sentences(said, advice(*state, said));
  return classify_sqlstate(*state) == ErrorKind::transient ? Error::transient(std::move(whole))
                                                           : Error::permanent(std::move(whole));
}

std::string describe_bad_uri(std::string_view message) {
  // A parameter's name is no secret; anything else that libpq quotes at the end may be one.
  std::string_view text = first_line(message);
  if (text.starts_with("invalid URI query parameter: ")) return std::string(text);
  return std::string(text.substr(0, text.rfind(": \"")));
}

}  // namespace leat::cdc

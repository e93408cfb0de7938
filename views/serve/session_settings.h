// The parameters of a session that clients set and ask for. Those that would change a result are
// accepted only with the value that Leat works by; of the others statement_timeout is kept to, the
// rest is kept and changes nothing.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "views/sql/sql.h"

namespace leat::views::serve {

class SessionSettings {
 public:
  SessionSettings();

  // No VALUE: the default. SQLSTATE 42704 for an unknown name, 22023 for a value that is not
  // possible, 55P02 for a parameter that cannot be set.
  sql::SqlResult<void> set(std::string_view name, const std::optional<std::string>& value);
  sql::SqlResult<std::string> get(std::string_view name) const;
  // The name as PostgreSQL prints it: "DateStyle".
  std::string display_name(std::string_view name) const;
  void reset_all();

  // How long a statement may run; a very long time where the session has set none.
  std::chrono::milliseconds statement_timeout() const;

  // Parameters that the protocol reports: all of them at first, then those changed since.
  std::vector<std::pair<std::string, std::string>> take_reports();

 private:
  std::map<std::string, std::string, std::less<>> values_;
  std::vector<std::string> changed_;
};

}  // namespace leat::views::serve

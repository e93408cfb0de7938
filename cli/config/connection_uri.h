// A source's connection URI: checked for its form, and made fit to be shown. What stands in a
// PostgreSQL one is read by libpq.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "log/base/status.h"

namespace leat::cli {

// postgresql:// or postgres://, and a database name behind the host.
Status check_postgres_uri(std::string_view uri);

struct MysqlUri {
  std::string host;
  uint16_t port = 3306;
  std::string user;
  std::optional<std::string> password;
  std::string database;  // may be empty
};

// mysql://user[:password]@host[:port][/database], or mariadb://. What stands behind a % are the
// hexadecimal digits of a byte. Its errors never hold a password.
Result<MysqlUri> parse_mysql_uri(std::string_view uri);

// The URI with every password in it (after the user, or as a parameter) written as ***.
std::string redacted(std::string_view uri);

}  // namespace leat::cli

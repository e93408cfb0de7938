// Which of PostgreSQL's errors pass by themselves.
// https://www.postgresql.org/docs/15/errcodes-appendix.html
#pragma once

#include <optional>
#include <string_view>

#include "log/base/status.h"

namespace leat::cdc {

ErrorKind classify_sqlstate(std::string_view sqlstate);

// The SQLSTATE in a message of libpq's verbose form ("FATAL:  28P01: password …"): the only place
// where an error during log-in shows it.
std::optional<std::string_view> find_sqlstate(std::string_view verbose_message);

}  // namespace leat::cdc

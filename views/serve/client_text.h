// Text that a client sent: a statement, a parameter.
#pragma once

#include <string_view>

#include "views/sql/sql.h"

namespace leat::views::serve {

// Valid UTF-8 without NUL, or SQLSTATE 22021.
sql::SqlResult<void> check_text(std::string_view bytes);

}  // namespace leat::views::serve

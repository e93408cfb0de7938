// The servers' and the client library's error numbers: which may pass by themselves, and what a
// person can do about the others.
// https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "log/base/status.h"

namespace leat::cdc::mysql {

// Of a number from mysql_errno() and its text.
Error server_error(uint32_t number, std::string_view message);

}  // namespace leat::cdc::mysql

// MySQL's JSON as it is stored and logged, to the text that the server prints: members in the
// server's order (by length, then by bytes), one space behind ',' and ':'.
//
//   document = type u8, value
//   object   = count, size, count × (key's offset, key's length u16), count × entry, keys, values
//   array    = count, size, count × entry, values
//   entry    = type u8, then the value itself where it is small enough, else its offset
//   count, size and offsets are u16, in "large" objects and arrays u32; offsets count from the
//   object's own start
// sql-common/json_binary.h of MySQL
#pragma once

#include <string>
#include <string_view>

#include "log/base/status.h"

namespace leat::cdc::mysql {

// Appends BINARY's text. No bytes at all are JSON's null, which is what the server makes of a
// column that was filled without a value.
Status append_json_text(std::string_view binary, std::string* out);

}  // namespace leat::cdc::mysql

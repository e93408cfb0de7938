// Scalars as MySQL prints them inside JSON.
#pragma once

#include <string>
#include <string_view>

#include "cdc/mysql/binlog/table_map.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// The shortest digits that give the double back, with a fraction or an exponent: 1.0, 1e16.
// my_gcvt, strings/dtoa.cc of MySQL
void append_json_double(double value, std::string* out);

// A value of an SQL type that JSON does not have: DECIMAL as a number, dates and times as strings,
// everything else as "base64:typeN:...".
Status append_json_opaque(ColumnType type, std::string_view bytes, std::string* out);

}  // namespace leat::cdc::mysql

// Joins two rows into one without decoding their values.
#pragma once

#include <string_view>

#include "log/base/arena.h"

namespace leat::joins {

// The row of the left columns, then the right ones (log/model/row.h), in ARENA. Both are valid rows
// of that many columns.
std::string_view concat_rows(std::string_view left, size_t left_columns, std::string_view right,
                             size_t right_columns, Arena& arena);

// The same with all right columns NULL.
std::string_view concat_nulls(std::string_view left, size_t left_columns, size_t right_columns,
                              Arena& arena);

}  // namespace leat::joins

// What PARTIAL_UPDATE_ROWS logs of a JSON column: not the document, but what to change in the one
// before (binlog_row_value_options=PARTIAL_JSON).
//
//   diffs = (operation u8, path's length (packed), path, [value's length (packed), value])...
//   the value, which a removal does not have, is in MySQL's binary form
// sql/json_diff.h of MySQL
#pragma once

#include <string>
#include <string_view>

#include "log/base/status.h"

namespace leat::cdc::mysql {

// DOCUMENT, as append_json_text() prints it, with DIFFS applied, in the same form. An error where
// they do not parse, or name a place that is not there.
Result<std::string> apply_json_diffs(std::string_view document, std::string_view diffs);

}  // namespace leat::cdc::mysql

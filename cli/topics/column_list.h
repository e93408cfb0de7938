// The columns of a topic that a person makes.
#pragma once

#include <string_view>

#include "log/base/status.h"
#include "log/model/schema.h"

namespace leat::cli {

// COLUMNS: "id bigint, note text not null"; KEY: "id". Types by the names that SQL gives them
// (timestamptz, int), without a length or precision. Key columns are not null. An error says which
// part is wrong.
Result<Schema> parse_columns(std::string_view columns, std::string_view key);

}  // namespace leat::cli

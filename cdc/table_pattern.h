// The patterns that say which tables of a source are captured: "public.*", "shop.order_?".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace leat::cdc {

// * stands for any characters, ? for one; case counts. A pattern without a dot is a table of the
// schema "public".
bool table_matches(std::string_view pattern, std::string_view schema, std::string_view table);
bool table_matches_any(const std::vector<std::string>& patterns, std::string_view schema,
                       std::string_view table);

}  // namespace leat::cdc

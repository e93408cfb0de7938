// A table's name in one text, which its topic bears behind its source's: "shop.public.orders".
#pragma once

#include <string>
#include <string_view>

namespace leat {

// "public.orders". SCHEMA may be empty: "orders". One whose name holds a dot or a quote stands in
// quotes, "a.b".c, so that no two tables have the same name.
std::string full_table_name(std::string_view schema, std::string_view table);

}  // namespace leat

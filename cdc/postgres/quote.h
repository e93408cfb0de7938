// Names and texts as SQL wants them.
#pragma once

#include <string>
#include <string_view>

namespace leat::cdc {

// 'text', and "text".
std::string sql_literal(std::string_view text);
std::string sql_identifier(std::string_view text);

}  // namespace leat::cdc

// Text from outside, a table's name or a server's message, as it may stand in a line of output.
#pragma once

#include <string>
#include <string_view>

namespace leat::cli {

// TEXT with its control bytes written \xNN (\n, \r and \t as such), so that it stays one line and
// moves nothing on a terminal.
std::string printable(std::string_view text);

}  // namespace leat::cli

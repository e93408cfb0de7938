// Rows under aligned columns, as `leat status` and `leat query` print them.
#pragma once

#include <string>
#include <vector>

namespace leat::cli {

enum class Align : unsigned char { left, right };

// Two blanks between columns; no blanks at line ends; each line ends in a newline. Every row has as
// many cells as HEADER; ALIGN may have fewer (left). A row stays one line whatever is in it.
std::string aligned_table(const std::vector<std::string>& header,
                          const std::vector<std::vector<std::string>>& rows,
                          const std::vector<Align>& align = {});

}  // namespace leat::cli

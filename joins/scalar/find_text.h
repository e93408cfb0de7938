// Looking for one text in another in time linear in both: a row that looks for a million 'a' in two
// million takes no longer than it must, for nobody can end a statement within a row.
#pragma once

#include <string_view>

namespace leat::joins {

// Where NEEDLE first begins in TEXT; npos where it does not.
size_t find_text(std::string_view text, std::string_view needle);

}  // namespace leat::joins

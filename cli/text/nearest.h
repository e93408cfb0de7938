// "did you mean": the known word that a wrong one was probably meant to be.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leat::cli {

// The known word with the fewest edits (insert, delete, replace, swap of neighbours) from WORD,
// where these are at most a third of its length, rounded up; none where nothing is near.
std::optional<std::string> nearest_word(std::string_view word,
                                        const std::vector<std::string>& known);

}  // namespace leat::cli

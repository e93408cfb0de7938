#include "cli/text/nearest.h"

#include <algorithm>

namespace leat::cli {
namespace {

// Longer ones are no slips of the pen.
constexpr size_t kWordBytesMax = 64;

// Damerau-Levenshtein distance, restricted to swaps of neighbours.
size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t replace = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, replace});
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

std::optional<std::string> nearest_word(std::string_view word,
                                        const std::vector<std::string>& known) {
  if (word.size() > kWordBytesMax) return std::nullopt;
  std::optional<std::string> best;
  size_t best_edits = (word.size() + 2) / 3;
  for (const std::string& candidate : known) {
    size_t edits = edits_between(word, candidate);
    if (edits < best_edits || (edits == best_edits && !best)) {
      best = candidate;
      best_edits = edits;
    }
  }
  return best;
}

}  // namespace leat::cli

#include "joins/error_delta.h"

#include <algorithm>
#include <utility>

namespace leat::joins {

void consolidate(std::vector<ErrorDelta>& errors) {
  std::stable_sort(errors.begin(), errors.end(),
                   [](const ErrorDelta& a, const ErrorDelta& b) { return a.key < b.key; });
  std::vector<ErrorDelta> out;
  for (ErrorDelta& error : errors) {
    if (!out.empty() && out.back().key == error.key) {
      out.back().diff += error.diff;
    } else {
      out.push_back(std::move(error));
    }
  }
  std::erase_if(out, [](const ErrorDelta& error) { return error.diff == 0; });
  errors = std::move(out);
}

}  // namespace leat::joins

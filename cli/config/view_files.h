// The .sql files that `views` names.
#pragma once

#include <string>
#include <vector>

#include "cli/config/config.h"
#include "log/base/status.h"

namespace leat::cli {

// Reads the files that PATTERNS (shell wildcards; relative ones count from DIR) match, sorted by
// path, each once. A pattern without wildcards must name a file; one with wildcards may match none.
// A file over 1 MB is refused.
struct ViewFiles {
  std::vector<ViewFile> files;
  std::vector<std::string> patterns_without_files;
};
Result<ViewFiles> read_view_files(const std::string& dir, const std::vector<std::string>& patterns);

}  // namespace leat::cli

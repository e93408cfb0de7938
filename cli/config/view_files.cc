#include "cli/config/view_files.h"

#include <glob.h>

#include <set>

#include "log/base/fs.h"

namespace leat::cli {
namespace {

constexpr uint64_t kFileBytesMax = 1 << 20;

bool has_wildcard(const std::string& pattern) {
  return pattern.find_first_of("*?[") != std::string::npos;
}

std::vector<std::string> matches(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return paths;
}

}  // namespace

Result<ViewFiles> read_view_files(const std::string& dir,
                                  const std::vector<std::string>& patterns) {
  ViewFiles out;
  std::set<std::string> paths;
  for (const std::string& pattern : patterns) {
    std::string full = pattern.starts_with('/') || dir.empty() ? pattern : dir + "/" + pattern;
    auto found = matches(full);
    if (found.empty() && !has_wildcard(full)) {
      return Error::permanent(full + ": no such file");
    }
    if (found.empty()) out.patterns_without_files.push_back(full);
    paths.insert(found.begin(), found.end());
  }
  for (const std::string& path : paths) {
    LEAT_ASSIGN_OR_RETURN(std::string text, read_file(Fs::posix(), path, kFileBytesMax));
    out.files.push_back({path, std::move(text)});
  }
  return out;
}

}  // namespace leat::cli

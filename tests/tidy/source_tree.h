// The project's own files as text, for the tests that hold its rules.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/source_root.h"

namespace leat::tidy {

namespace fs = std::filesystem;

inline fs::path root() {
  return test::source_root();
}

inline std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Everything under the rooms whose name ends in one of EXTENSIONS, as paths from the root, sorted.
inline std::vector<std::string> files_with(const std::vector<std::string>& extensions) {
  std::vector<std::string> found;
  for (const char* room : {"log", "compaction", "cdc", "joins", "views", "cli", "tests", "bench",
                           "examples", "docs"}) {
    if (!fs::exists(root() / room)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root() / room)) {
      std::string extension = entry.path().extension();
      bool wanted = std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
      if (entry.is_regular_file() && wanted) {
        found.push_back(fs::relative(entry.path(), root()).string());
      }
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

inline std::vector<std::string> code_files() {
  return files_with({".h", ".cc"});
}

// "" for a file of the root itself.
inline std::string directory_of(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

// DIRECTORY is PREFIX or lies below it.
inline bool is_below(const std::string& directory, const std::string& prefix) {
  return directory == prefix || directory.starts_with(prefix + "/");
}

}  // namespace leat::tidy

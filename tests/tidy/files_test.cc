// Rules of form that a reader of any file may rely on.

#include <catch2/catch.hpp>

#include "tests/tidy/source_tree.h"

namespace leat::tidy {
namespace {

constexpr size_t kFileLinesMax = 400;

std::vector<std::string> all_text() {
  auto files = files_with({".h", ".cc", ".md", ".py", ".sql", ".yaml", ".sh"});
  for (const char* file : {"dev", "README.md", "HACKING.md", "CMakeLists.txt"}) {
    files.push_back(file);
  }
  return files;
}

TEST_CASE("NoCodeFileIsLongerThanTheBound") {
  for (const std::string& file : files_with({".h", ".cc", ".py"})) {
    size_t lines = lines_of(text_of(root() / file)).size();
    if (lines > kFileLinesMax) FAIL_CHECK(file << " has " << lines << " lines");
  }
}

TEST_CASE("NothingIsLeftForLater") {
  for (const std::string mark : {"TO"
                                 "DO",
                                 "FIX"
                                 "ME",
                                 "XX"
                                 "X:",
                                 "HA"
                                 "CK:"}) {
    for (const std::string& file : all_text()) {
      if (text_of(root() / file).find(mark) != std::string::npos) {
        FAIL_CHECK(file << " holds " << mark);
      }
    }
  }
}

TEST_CASE("HeadersAreGuardedAndBeginWithWhatTheyAre") {
  for (const std::string& file : files_with({".h"})) {
    if (text_of(root() / file).find("#pragma once") == std::string::npos) {
      FAIL_CHECK(file << " has no #pragma once");
    }
  }
}

TEST_CASE("NoTabsAndNoBlanksAtLineEnds") {
  for (const std::string& file : code_files()) {
    for (const std::string& line : lines_of(text_of(root() / file))) {
      bool bad = line.find('\t') != std::string::npos || line.ends_with(' ');
      if (bad) FAIL_CHECK(file << ": " << line);
    }
  }
}

}  // namespace
}  // namespace leat::tidy

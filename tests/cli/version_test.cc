#include "cli/version.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/support/source_root.h"

TEST_CASE("VersionIsTheOneOfTheBuild") {
  std::ostringstream text;
  text << std::ifstream(leat::test::source_root() / "CMakeLists.txt").rdbuf();
  CHECK(text.str().find(std::string("project(leat VERSION ") + leat::cli::kVersion + " ") !=
        std::string::npos);
}

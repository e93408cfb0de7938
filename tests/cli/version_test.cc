#include "cli/version.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

TEST_CASE("VersionIsTheOneOfTheBuild") {
  auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
  std::ostringstream text;
  text << std::ifstream(root / "CMakeLists.txt").rdbuf();
  CHECK(text.str().find(std::string("project(leat VERSION ") + leat::cli::kVersion + " ") !=
        std::string::npos);
}

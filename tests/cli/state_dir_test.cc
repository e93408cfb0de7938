#include "cli/state_dir.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/process.h"

namespace leat::cli {
namespace {

struct State {
  State() {
    REQUIRE(settle_state_dir(path, 7).ok());
    std::filesystem::create_directories(path + "/below");
    for (const char* name : {"/CURRENT", "/below/file"}) std::ofstream(path + name) << "x";
  }
  bool is_there() const { return std::filesystem::exists(path + "/CURRENT"); }

  test::TempDir dir;
  std::string path = dir / "state";
};

TEST_CASE("StateOfTheLogThatIsOpenStays") {
  State state;
  REQUIRE(settle_state_dir(state.path, 7).ok());
  CHECK(state.is_there());
}

TEST_CASE("StateOfAnotherLogIsMadeAnew") {
  State state;
  REQUIRE(settle_state_dir(state.path, 8).ok());
  CHECK_FALSE(state.is_there());
  CHECK_FALSE(std::filesystem::exists(state.path + "/below"));
  std::ofstream(state.path + "/CURRENT") << "x";
  REQUIRE(settle_state_dir(state.path, 8).ok());
  CHECK(state.is_there());
}

TEST_CASE("StateThatDoesNotSayOfWhichLogItIsIsMadeAnew") {
  State state;
  std::filesystem::remove(state.path + "/INCARNATION");
  REQUIRE(settle_state_dir(state.path, 7).ok());
  CHECK_FALSE(state.is_there());
}

}  // namespace
}  // namespace leat::cli

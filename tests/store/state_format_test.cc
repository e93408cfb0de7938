#include "log/store/state_format.h"

#include <catch2/catch.hpp>

#include "tests/support/recording_fs.h"

using namespace leat;
using namespace leat::store;
using leat::test::RecordingFs;
using leat::test::SimulatedDisk;

namespace {

std::string error_of(const Status& status) {
  return status.ok() ? "" : status.error().message();
}

}  // namespace

TEST_CASE("AFreshStateDirectoryIsMarkedWithItsFormatAndFoundGoodAgain") {
  auto disk = std::make_shared<SimulatedDisk>();
  RecordingFs fs(disk);
  CHECK(error_of(check_state_format(fs, "/state")) == "");
  CHECK(disk->contents("/state/FORMAT") == "leat state 2\n");
  CHECK(error_of(check_state_format(fs, "/state")) == "");
}

TEST_CASE("AMarkThatALossOfPowerLeftUnfinishedIsMadeAnew") {
  for (uint64_t at = 0; at < 10; ++at) {
    auto disk = std::make_shared<SimulatedDisk>();
    RecordingFs fs(disk);
    fs.kill_at(at);
    (void)check_state_format(fs, "/state");
    leat::test::Random random(at);
    RecordingFs again(disk->after_power_loss(random));
    CHECK(error_of(check_state_format(again, "/state")) == "");
  }
}

TEST_CASE("StateOfAnotherFormatOrWithoutAMarkIsRefusedWithWhatToDo") {
  auto disk = std::make_shared<SimulatedDisk>();
  RecordingFs fs(disk);
  REQUIRE(check_state_format(fs, "/state").ok());
  disk->set_contents("/state/FORMAT", "leat state 99\n");
  CHECK_THAT(error_of(check_state_format(fs, "/state")),
             Catch::StartsWith("/state/FORMAT says 'leat state 99'") &&
                 Catch::Contains("made anew from the log"));
  REQUIRE(fs.open("/state/CURRENT", OpenMode::create_new).ok());
  REQUIRE(fs.remove_file("/state/FORMAT").ok());
  CHECK_THAT(error_of(check_state_format(fs, "/state")),
             Catch::StartsWith("/state/FORMAT is missing"));
}

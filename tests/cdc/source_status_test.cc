#include <catch2/catch.hpp>

#include "cdc/source.h"

namespace leat::cdc {
namespace {

using std::chrono::seconds;

TEST_CASE("ASourceThatHasNotHeardOfItsServerIsBehind") {
  SourceStatus status;
  status.heard_at = seconds(100);
  add_silence(seconds(110), &status);
  CHECK(status.behind_us == 0);
  add_silence(seconds(130), &status);
  CHECK(status.behind_us == 30'000'000);
}

TEST_CASE("AnOldChangeCountsMoreThanAShortSilence") {
  SourceStatus status;
  status.heard_at = seconds(100);
  status.behind_us = 60'000'000;
  add_silence(seconds(120), &status);
  CHECK(status.behind_us == 60'000'000);
}

}  // namespace
}  // namespace leat::cdc

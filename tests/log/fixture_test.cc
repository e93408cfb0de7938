// A log that an earlier Leat wrote: every later one reads it as it was, or refuses it by name.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "log/local_log.h"
#include "tests/log/fixture/listing.h"
#include "tests/support/process.h"
#include "tests/support/source_root.h"

using namespace leat;
using namespace leat::log;

namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("TheLogOfFormatVersion1IsReadAsItWasWritten") {
  std::filesystem::path fixture = test::source_root() / "tests/log/fixture-v1";
  test::TempDir dir;
  std::filesystem::copy(fixture / "log", dir / "log", std::filesystem::copy_options::recursive);
  std::string expected = text_of(fixture / "LISTING");
  CHECK(expected.size() > 1000);
  for (int round = 0; round < 2; ++round) {  // as it was left, and as it was then closed
    LocalLogOptions options{.fs = Fs::posix(), .clock = Clock::system(), .dir = dir / "log"};
    auto log = LocalLog::open(std::move(options));
    if (!log.ok()) FAIL(log.error().message());
    auto listing = test::log_listing(**log);
    if (!listing.ok()) FAIL(listing.error().message());
    CHECK(*listing == expected);
    REQUIRE((*log)->close().ok());
  }
}

// Kafka's own reader of segment files lists what a random run leaves behind exactly as Leat does.
#include "tests/kafka/support/dump.h"

#include <catch2/catch.hpp>

#include "log/base/fs.h"
#include "tests/kafka/support/judge.h"
#include "tests/kafka/support/listing.h"
#include "tests/kafka/support/random_log.h"

using namespace leat;
using test::RandomLog;

namespace {

constexpr uint64_t kFileBytesMax = 64 << 20;

// So long a line that only where they part is of use.
std::string difference(const std::vector<std::string>& theirs,
                       const std::vector<std::string>& ours) {
  for (size_t i = 0; i < std::max(theirs.size(), ours.size()); ++i) {
    std::string their = i < theirs.size() ? theirs[i] : "(nothing)";
    std::string our = i < ours.size() ? ours[i] : "(nothing)";
    if (their != our)
      return "line " + std::to_string(i) + "\n" + their.substr(0, 600) + "\n" + our.substr(0, 600);
  }
  return "";
}

}  // namespace

TEST_CASE("DumpLogSegmentsListsEverySegmentOfARandomRunAsLeatDoes") {
  auto class_path = test::kafka_or_skip();
  if (!class_path) return;
  uint64_t seed = test::seed();
  INFO("LEAT_SEED=" << seed);
  RandomLog log(seed);
  log.add_cuts(60);
  log.reopen();
  log.add_cuts(20);
  log.reopen();
  std::vector<std::string> files;
  for (const RandomLog::Partition& partition : log.partitions()) {
    std::vector<std::string> segments = test::files_in(partition.dir, ".log");
    CHECK(segments.size() > 1);
    files.insert(files.end(), segments.begin(), segments.end());
  }
  auto dump = test::dump_segments(*class_path, files, {"--deep-iteration", "--print-data-log"});
  if (!dump.ok()) FAIL(dump.error().message());
  CHECK(dump->size() == files.size());
  for (const std::string& file : files) {
    INFO(file);
    auto bytes = read_file(Fs::posix(), file, kFileBytesMax);
    REQUIRE(bytes.ok());
    auto ours = test::dump_listing(*bytes);
    if (!ours.ok()) FAIL(ours.error().message());
    CHECK(ours->size() > 1);
    CHECK(difference((*dump)[file], *ours) == "");
  }
}

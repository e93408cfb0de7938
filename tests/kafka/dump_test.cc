// Kafka's own reader of segment files lists what a random run leaves behind exactly as Leat does:
// compressed batches, and what a compaction left with its holes.
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
  log.compact();
  log.add_cuts(20);
  log.reopen();
  std::vector<std::string> files = log.files(".log");
  CHECK(files.size() > log.partitions().size());
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

TEST_CASE("DumpLogSegmentsFindsNoFaultInTheIndexes") {
  auto class_path = test::kafka_or_skip();
  if (!class_path) return;
  uint64_t seed = test::seed();
  INFO("LEAT_SEED=" << seed);
  RandomLog log(seed);
  log.add_cuts(100);
  log.compact();
  log.add_cuts(20);
  log.reopen();
  std::vector<std::string> files = log.files(".index");
  std::vector<std::string> times = log.files(".timeindex");
  CHECK(files.size() == log.files(".log").size());
  CHECK(times.size() == files.size());
  files.insert(files.end(), times.begin(), times.end());

  auto sane = test::dump_segments(*class_path, files, {"--index-sanity-check"});
  if (!sane.ok()) FAIL(sane.error().message());
  for (const std::string& file : files) {
    INFO(file);
    REQUIRE((*sane)[file].size() == 1);
    CHECK((*sane)[file][0].find("passed sanity check") != std::string::npos);
  }
  // Without that argument each entry is compared with the segment.
  auto dump = test::dump_segments(*class_path, files, {});
  if (!dump.ok()) FAIL(dump.error().message());
  size_t entries = 0;
  for (const std::string& file : files) {
    INFO(file);
    for (const std::string& line : (*dump)[file]) {
      bool is_entry = line.starts_with("offset: ") || line.starts_with("timestamp: ");
      if (!is_entry) FAIL_CHECK(line);
      ++entries;
    }
  }
  CHECK(entries > files.size());
}

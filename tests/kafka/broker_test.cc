// A real broker takes copies of Leat's segments for its own, and serves the same records.
#include "tests/kafka/support/broker.h"

#include <catch2/catch.hpp>

#include "tests/kafka/support/judge.h"
#include "tests/kafka/support/listing.h"
#include "tests/kafka/support/random_log.h"

using namespace leat;
using test::KafkaBroker;
using test::RandomLog;

namespace {

void require(const Status& status) {
  if (!status.ok()) FAIL(status.error().message());
}

std::string where_they_part(const std::string& theirs, const std::string& ours) {
  size_t at = 0;
  while (at < std::min(theirs.size(), ours.size()) && theirs[at] == ours[at]) ++at;
  if (at == theirs.size() && at == ours.size()) return "";
  size_t from = at < 200 ? 0 : at - 200;
  return "byte " + std::to_string(at) + ": " + theirs.substr(from, 400) + "\ninstead of\n" +
         ours.substr(from, 400);
}

}  // namespace

TEST_CASE("ABrokerStartedOnCopiesOfTheSegmentsServesTheSameRecords") {
  auto class_path = test::kafka_or_skip();
  if (!class_path) return;
  uint64_t seed = test::seed();
  INFO("LEAT_SEED=" << seed);
  RandomLog log(seed);
  log.add_cuts(60);
  log.compact();
  log.add_cuts(40);
  log.reopen();

  auto created = KafkaBroker::create(*class_path);
  if (!created.ok()) FAIL(created.error().message());
  KafkaBroker& broker = **created;
  require(broker.start());
  for (const RandomLog::Partition& partition : log.partitions()) {
    if (partition.id.index.value() == 0) require(broker.add_topic(partition.topic));
  }
  require(broker.stop());
  for (const RandomLog::Partition& partition : log.partitions()) {
    require(broker.take_over(partition.topic, partition.id.index.value(),
                             log.files(partition, ".log")));
  }
  require(broker.start());

  for (const RandomLog::Partition& partition : log.partitions()) {
    int32_t index = partition.id.index.value();
    INFO(partition.topic << "-" << index);
    auto ours = test::kcat_listing(log.log(), partition.id, log.files(partition, ".log"));
    REQUIRE(ours.ok());
    CHECK(ours->size() > 10000);
    auto theirs = test::kcat_read(broker.address(), partition.topic, index, test::kKcatFormat);
    if (!theirs.ok()) FAIL(theirs.error().message());
    CHECK(where_they_part(*theirs, *ours) == "");
    auto end = test::kcat_end_offset(broker.address(), partition.topic, index);
    REQUIRE(end.ok());
    CHECK(*end == log.end_offset(partition));
  }
}

#include "log/topic_repair.h"

#include <catch2/catch.hpp>

#include "tests/support/recording_fs.h"

using namespace leat;
using namespace leat::log;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using test::RecordingFs;

namespace {

using Keys = std::vector<std::string>;

// A closed log: topic "orders" of two partitions, a batch a record, KEYS records in each.
struct Orders {
  static constexpr int kRecords = 8;

  explicit Orders(size_t inline_bytes_max = 1 << 20) : inline_bytes(inline_bytes_max) {
    auto log = open();
    GenerationId generation = log->allocate_generation();
    CommitUnit unit;
    unit.edits = {CreateTopic{"orders"}, BeginGeneration{"orders", generation, SchemaId(7), 2},
                  SwitchGeneration{"orders", generation}};
    REQUIRE(log->submit(std::move(unit)).ok());
    for (int i = 0; i < kRecords; ++i) {
      CommitUnit one;
      for (int32_t p = 0; p < 2; ++p) {
        PartitionAppend append{{generation, PartitionIndex(p)}, {}};
        append.records.add(i, "key" + std::to_string(i), std::string(50, 'x'), "header");
        one.appends.push_back(std::move(append));
      }
      REQUIRE(*log->wait_durable(*log->submit(std::move(one)), 60s));
    }
    REQUIRE(log->close().ok());
  }

  std::unique_ptr<LocalLog> open() {
    LocalLogOptions options{.fs = fs, .clock = Clock::system(), .dir = "/data"};
    options.journal_bytes = 64 << 10;
    options.inline_bytes_max = inline_bytes;
    options.on_fatal = [](const Error&) {};
    auto log = LocalLog::open(std::move(options));
    if (!log.ok()) FAIL(log.error().message());
    return std::move(*log);
  }

  // Damages the record at INDEX of partition 1.
  void flip(int index) {
    std::string path = "/data/segments/1/orders-1/00000000000000000000.log";
    std::string bytes = disk->contents(path);
    bytes[bytes.size() / kRecords * static_cast<size_t>(index) + 80] ^= 1;
    disk->set_contents(path, bytes);
  }

  Result<TruncationPlan> plan(int partition, int64_t offset) {
    auto image = LogImage::open(fs, "/data");
    if (!image.ok()) FAIL(image.error().message());
    return plan_truncation(**image, "orders", PartitionIndex(partition), Offset(offset));
  }

  static Keys keys(LocalLog& log, int partition) {
    auto generation = log.state()->find("orders")->current->id;
    auto reader = *log.read_partition({generation, PartitionIndex(partition)}, Offset(0));
    Keys keys;
    while (true) {
      auto records = reader->next(1000);
      if (!records.ok()) return {records.error().message()};
      if (records->empty()) return keys;
      for (const RecordView& record : *records) keys.emplace_back(record.key);
    }
  }

  size_t inline_bytes;
  std::shared_ptr<test::SimulatedDisk> disk = std::make_shared<test::SimulatedDisk>();
  RecordingFs fs{disk};
};

Keys numbered(int count) {
  Keys keys;
  for (int i = 0; i < count; ++i) keys.push_back("key" + std::to_string(i));
  return keys;
}

}  // namespace

TEST_CASE("ATruncatedTopicHoldsAllThatIsSoundAndTakesRecordsAgain") {
  Orders orders;
  orders.flip(5);
  auto plan = orders.plan(1, 5);
  if (!plan.ok()) FAIL(plan.error().message());
  CHECK(plan->offsets_lost == 3);
  auto log = orders.open();
  REQUIRE(truncate_topic(*log, orders.fs, *plan, "", {}).ok());
  CHECK(Orders::keys(*log, 0) == numbered(8));
  CHECK(Orders::keys(*log, 1) == numbered(5));
  const auto state = log->state();
  CHECK(state->find("orders")->current->schema == SchemaId(7));
  CHECK_FALSE(state->find("orders")->stopped_reason);
  REQUIRE(log->close().ok());
  log.reset();
  log = orders.open();
  CHECK(Orders::keys(*log, 1) == numbered(5));
  orders.fs.kill();
}

TEST_CASE("ATruncatedTopicOfASourceIsStoppedInTheSameCut") {
  Orders orders(10);
  orders.flip(0);
  auto plan = orders.plan(1, 0);
  REQUIRE(plan.ok());
  auto log = orders.open();
  CutId before = log->state()->cut;
  REQUIRE(truncate_topic(*log, orders.fs, *plan, "rows are missing", {}).ok());
  auto state = log->state();
  CHECK(state->find("orders")->stopped_reason == std::optional<std::string>("rows are missing"));
  CHECK(state->find("orders")->stopped_at > before);
  CHECK(Orders::keys(*log, 1).empty());
  orders.fs.kill();
}

TEST_CASE("ATruncationThatWouldKeepDamageOrThatDoesNotFitIsRefused") {
  Orders orders;
  orders.flip(2);
  CHECK_THAT(orders.plan(1, 5).error().message(), Contains("damaged in what would be kept"));
  CHECK_THAT(orders.plan(0, 5).error().message(), Contains("partition 1 of orders is damaged"));
  CHECK_THAT(orders.plan(2, 0).error().message(), Contains("partitions 0 to 1"));
  CHECK_THAT(orders.plan(1, 9).error().message(), Contains("ends at offset 8"));
  CHECK(orders.plan(1, 2).ok());
  orders.fs.kill();
}

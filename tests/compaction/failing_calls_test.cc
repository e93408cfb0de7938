// Each call on the disk that a compaction makes fails once, for a while or for good: the partition
// is as it was or compacted, never between, and the log goes on or has ended cleanly.
#include <catch2/catch.hpp>
#include <functional>

#include "tests/compaction/compaction_fixture.h"

using namespace leat;
using namespace leat::compaction;
using namespace leat::log;
using compaction::test::Random;
using compaction::test::TableLog;
using leat::test::RecordingFs;
using Failure = leat::test::RecordingFs::Failure;

namespace {

// A table with much to compact, its last segment closed; the same for the same seed.
std::unique_ptr<TableLog> dirty_table(uint64_t seed) {
  auto table = std::make_unique<TableLog>();
  Random random(seed);
  table->put_random(random, 300, 120);
  table->roll();
  return table;
}

void check_contents(const TableLog& table) {
  auto no_tombstone = [](const auto&) { return false; };
  CHECK(table.entries() == table.expected(table.state().cleaned_horizon, no_tombstone));
}

// The disk as it is, and after a loss of power.
void check_disk(TableLog& table, uint64_t seed) {
  table.fs.stop_failing();
  table.fs.kill();
  table.log.reset();
  Random random(seed);
  for (const auto& disk : {table.disk->after_power_loss(random), table.disk}) {
    TableLog again(disk);
    again.history = table.history;
    check_contents(again);
    again.fs.kill();
  }
}

size_t log_files(const TableLog& table) {
  size_t count = 0;
  for (const std::string& path : table.disk->files()) count += path.ends_with(".log") ? 1 : 0;
  return count;
}

struct Outcome {
  TableLog& table;
  const Result<CompactionTotals>& done;
  size_t files_before;
};

// The compaction anew for each call that changes the disk, which FAIL makes fail; CHECK_OUTCOME is
// given what came of it, then the disk is checked.
void for_each_call(const std::function<void(RecordingFs&, uint64_t)>& fail,
                   const std::function<void(const Outcome&)>& check_outcome) {
  uint64_t seed = leat::test::seed();
  INFO("LEAT_SEED=" << seed);
  auto whole = dirty_table(seed);
  uint64_t before = whole->fs.changing_calls();
  whole->compact();
  uint64_t calls = whole->fs.changing_calls() - before;
  REQUIRE(calls > 10);
  for (uint64_t at = 0; at < calls; ++at) {
    INFO("call " << at);
    auto table = dirty_table(seed);
    size_t files = log_files(*table);
    fail(table->fs, at);
    auto done = table->try_compact();
    table->fs.on_change({});
    check_outcome({*table, done, files});
    check_disk(*table, seed + at);
  }
}

void check_goes_on(const Outcome& outcome) {
  TableLog& table = outcome.table;
  table.fs.stop_failing();
  CHECK(table.log->health().failed_reason.empty());
  check_contents(table);
  table.put("later", "value");
  table.roll();
  auto again = table.try_compact();
  REQUIRE(again.ok());
  CHECK(again->replaced);
  CHECK(again->records_read >= (outcome.done.ok() ? 1u : 300u));
  check_contents(table);
}

}  // namespace

TEST_CASE("ACompactionWhoseCallFailsWithAnIoErrorLeavesThePartitionOrEndsTheLog") {
  auto fail = [](RecordingFs& fs, uint64_t at) { fs.fail(Failure::io_error, at, at % 2 == 0); };
  for_each_call(fail, [](const Outcome& outcome) {
    if (!outcome.done.ok()) CHECK_FALSE(outcome.done.error().is_transient());
    if (outcome.table.log->health().failed_reason.empty()) check_goes_on(outcome);
  });
}

TEST_CASE("ACompactionThatFindsNoRoomOnceLeavesNothingBehindAndIsDoneTheNextTime") {
  auto fail = [](RecordingFs& fs, uint64_t at) {
    fs.fail(at % 2 == 0 ? Failure::no_space : Failure::short_write, at, false);
  };
  for_each_call(fail, [](const Outcome& outcome) {
    if (!outcome.done.ok()) {
      CHECK(outcome.done.error().is_transient());
      CHECK(log_files(outcome.table) == outcome.files_before);
    }
    check_goes_on(outcome);
  });
}

TEST_CASE("ACompactionFromWhoseCallOnThereIsNoRoomForAWhileIsUndoneOrWaitsForIt") {
  auto fail = [](RecordingFs& fs, uint64_t at) {
    constexpr uint64_t kCalls = 8;
    uint64_t until = fs.changing_calls() + at + kCalls;
    fs.fail(at % 2 == 0 ? Failure::no_space : Failure::short_write, at, true);
    fs.on_change([&fs, until] {
      if (fs.changing_calls() >= until) fs.stop_failing();
    });
  };
  for_each_call(fail, [](const Outcome& outcome) {
    if (!outcome.done.ok()) CHECK(outcome.done.error().is_transient());
    check_goes_on(outcome);
  });
}

TEST_CASE("ACompactionThatMeetsDamageLeavesThePartitionAndTheStateNamesThePlace") {
  auto table = dirty_table(leat::test::seed());
  const std::string name = "00000000000000000000.log";
  for (const std::string& path : table->disk->files()) {
    if (!path.ends_with("/shop.public.orders-0/" + name)) continue;
    std::string bytes = table->disk->contents(path);
    bytes[bytes.size() / 2] ^= 1;
    table->disk->set_contents(path, bytes);
  }
  CutId cut = table->log->state()->cut;
  auto done = table->try_compact();
  REQUIRE_FALSE(done.ok());
  CHECK_FALSE(done.error().is_transient());
  CHECK_THAT(done.error().message(), Catch::Contains(name + ", byte "));
  REQUIRE(*table->log->wait_cut(cut, std::chrono::seconds(10)));
  CHECK(table->state().damage == done.error().message());
  CHECK(table->state().cleaned_horizon == Offset(0));
}

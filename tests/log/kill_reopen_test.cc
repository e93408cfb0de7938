// A process that was killed leaves names in the page cache that nobody synced. The next one finds
// them there and must not take them for durable.
#include <catch2/catch.hpp>

#include "log/local_log.h"
#include "tests/support/random.h"
#include "tests/support/recording_fs.h"

using namespace leat;
using namespace leat::log;
using namespace std::chrono_literals;
using test::RecordingFs;
using test::SimulatedDisk;

namespace {

std::unique_ptr<LocalLog> open_log(Fs& fs) {
  LocalLogOptions options{.fs = fs, .clock = Clock::system(), .dir = "/data"};
  options.journal_bytes = 32 << 10;
  options.inline_bytes_max = 100;
  options.on_fatal = [](const Error&) {};
  auto log = LocalLog::open(std::move(options));
  REQUIRE(log.ok());
  return std::move(*log);
}

bool commit(LocalLog& log, CommitUnit unit) {
  auto ticket = log.submit(std::move(unit));
  if (!ticket.ok()) return false;
  auto durable = log.wait_durable(*ticket, 60s);
  return durable.ok() && *durable;
}

CommitUnit large_cut(GenerationId generation) {
  CommitUnit unit;
  PartitionAppend append{{generation, PartitionIndex(0)}, {}};
  append.records.add(0, "key", std::string(5000, 'x'), "");
  unit.appends.push_back(std::move(append));
  return unit;
}

GenerationId make_topic(LocalLog& log) {
  CommitUnit unit;
  GenerationId generation = log.allocate_generation();
  unit.edits = {CreateTopic{"orders"}, BeginGeneration{"orders", generation, SchemaId(0), 1},
                SwitchGeneration{"orders", generation}};
  REQUIRE(commit(log, std::move(unit)));
  return generation;
}

}  // namespace

TEST_CASE("ADirectoryThatAKilledProcessMadeIsDurableBeforeTheCutThatUsesIt") {
  test::Random random(test::seed());
  for (uint64_t kill_at = 0; kill_at < 8; ++kill_at) {
    INFO("killed at call " << kill_at);
    auto disk = std::make_shared<SimulatedDisk>();
    GenerationId generation;
    {
      RecordingFs fs(disk);
      auto log = open_log(fs);
      generation = make_topic(*log);
      fs.kill_at(kill_at);
      (void)commit(*log, large_cut(generation));
      fs.kill();
    }
    {
      RecordingFs fs(disk);
      auto log = open_log(fs);
      REQUIRE(commit(*log, large_cut(generation)));
      fs.kill();
    }
    for (int i = 0; i < 20; ++i) {
      RecordingFs fs(disk->after_power_loss(random));
      auto log = open_log(fs);
      CHECK(log->state()->find("orders")->current->partitions[0].damage == "");
      fs.kill();
    }
  }
}

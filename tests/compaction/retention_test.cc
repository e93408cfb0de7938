// Retention of stream topics: whole segments go from the front, by age and by size.
#include <catch2/catch.hpp>

#include "compaction/cleaner.h"
#include "log/local_log.h"
#include "tests/compaction/compaction_fixture.h"

using namespace leat;
using namespace leat::compaction;
using namespace leat::log;
using namespace std::chrono_literals;
using compaction::test::header_with;
using compaction::test::ManualClock;

namespace {

constexpr const char* kTopic = "clicks";

class StreamLog {
 public:
  explicit StreamLog(const TopicSettings& settings) {
    LocalLogOptions options{.fs = fs, .clock = clock, .dir = "/data"};
    options.segment_bytes_max = 1000;
    options.on_fatal = [](const Error&) {};
    log = *LocalLog::open(std::move(options));
    generation = log->allocate_generation();
    CommitUnit unit;
    unit.edits = {CreateTopic{kTopic, TopicKind::stream, settings},
                  BeginGeneration{kTopic, generation, SchemaId(1), 1},
                  SwitchGeneration{kTopic, generation}};
    commit(std::move(unit));
  }

  void commit(CommitUnit unit) {
    auto ticket = log->submit(std::move(unit));
    if (!ticket.ok()) FAIL(ticket.error().message());
    REQUIRE(*log->wait_durable(*ticket, 60s));
  }
  // COUNT events of a cut each, a second apart.
  void add(int count, size_t bytes = 150) {
    for (int i = 0; i < count; ++i) {
      CommitUnit unit;
      unit.appends.push_back({{generation, PartitionIndex(0)}, {}});
      unit.appends[0].records.add(clock.now_ms, "key", std::string(bytes, 'e'), header_with({}));
      commit(std::move(unit));
      clock.now_ms += 1000;
    }
  }
  PartitionState state() const { return log->state()->find(kTopic)->current->partitions[0]; }
  size_t count() const {
    auto reader = log->read_cuts({kTopic}, {});
    REQUIRE(reader.ok());
    size_t records = 0;
    while (true) {
      auto step = (*reader)->next(1 << 20, CutId(UINT64_MAX), 0ms);
      REQUIRE(step.ok());
      if (!*step) return records;
      for (const TopicChunk& chunk : (*step)->chunks) records += chunk.records.size();
    }
  }

  leat::test::RecordingFs fs{std::make_shared<leat::test::SimulatedDisk>()};
  ManualClock clock;
  std::unique_ptr<LocalLog> log;
  GenerationId generation;
};

}  // namespace

TEST_CASE("SegmentsOlderThanTheRetentionGo") {
  TopicSettings settings;
  settings.retention_ms = 60'000;
  StreamLog stream(settings);
  stream.add(30);
  Cleaner cleaner(stream.log->segments(), {});
  cleaner.run_once();
  CHECK(stream.state().start == Offset(0));
  stream.clock.now_ms += 45'000;
  cleaner.run_once();
  PartitionState state = stream.state();
  CHECK(state.start > Offset(0));
  CHECK(state.start <= Offset(16));
  CHECK(state.end == Offset(30));
  CHECK(stream.count() == static_cast<size_t>(30 - state.start.value()));
  CHECK(stream.log->state()->find(kTopic)->current->since > CutId(1));
}

TEST_CASE("OldestSegmentsGoWhileAPartitionIsLargerThanItsRetention") {
  TopicSettings settings;
  settings.retention_bytes = 1 << 20;
  StreamLog stream(settings);
  stream.add(60, 30'000);
  uint64_t before = stream.state().bytes;
  Cleaner cleaner(stream.log->segments(), {});
  cleaner.run_once();
  CHECK(before > 1'500'000);
  CHECK(stream.state().bytes >= 1 << 20);
  CHECK(stream.state().bytes < (1 << 20) + 61'000);
  CHECK(cleaner.totals().segments_expired > 0);
}

TEST_CASE("EventsThatAReaderHasNotPassedOutliveTheirRetention") {
  TopicSettings settings;
  settings.retention_ms = 60'000;
  StreamLog stream(settings);
  stream.log->set_reader_floor("view", CutId(1));
  stream.add(30);
  stream.clock.now_ms += 120'000;
  Cleaner cleaner(stream.log->segments(), {});
  cleaner.run_once();
  CHECK(stream.state().start == Offset(0));
  CHECK(cleaner.totals().held_back_bytes > 0);
  stream.log->set_reader_floor("view", stream.log->state()->cut);
  cleaner.run_once();
  CHECK(stream.state().start > Offset(20));
}

TEST_CASE("TheLastEventsOfAStreamThatNobodyAppendsToAnyMoreGoWithTheirRetention") {
  TopicSettings settings;
  settings.retention_ms = 60'000;
  StreamLog stream(settings);
  stream.add(3);  // far from a whole segment
  Cleaner cleaner(stream.log->segments(), {});
  stream.clock.now_ms += 58'000;  // the last is 59 s old
  cleaner.run_once();
  CHECK(stream.state().start == Offset(0));
  stream.clock.now_ms += 1'000;
  cleaner.run_once();
  CHECK(stream.state().start == Offset(3));
  CHECK(stream.count() == 0);
  stream.add(2);
  CHECK(stream.state().end == Offset(5));
  CHECK(stream.count() == 2);
}

// Random runs of a table with compaction and generation switches over a disk that loses power, or
// a process that is killed, at any moment: the log reopens to a prefix of what was committed with
// all that was acknowledged in it, and a reader from the beginning comes to exactly its rows.
// LEAT_STATES sets how many disks are tried, LEAT_SEED which.
#include <cstdlib>
#include <mutex>
#include <thread>

#include "tests/compaction/compaction_fixture.h"

using namespace leat;
using namespace leat::compaction;
using namespace leat::log;
using namespace std::chrono_literals;
using compaction::test::header_with;
using compaction::test::ManualClock;
using leat::test::Random;
using leat::test::RecordingFs;
using leat::test::SimulatedDisk;

namespace {

constexpr const char* kTopic = "shop.public.orders";
using Rows = std::map<std::string, std::string>;

LocalLogOptions small_log(Fs& fs, Clock& clock) {
  LocalLogOptions options{.fs = fs, .clock = clock, .dir = "/data/log"};
  options.journal_bytes = 32 << 10;
  options.segment_bytes_max = 900;
  options.inline_bytes_max = 500;
  options.open_files_max = 3;
  options.retry_delay_max = 1ms;
  options.on_fatal = [](const Error&) {};
  return options;
}

size_t units_in(const LogState& state) {
  auto at = state.source_positions.find("model");
  return at == state.source_positions.end() ? 0 : std::stoul(at->second);
}

// The rows as a reader from the beginning comes to hold them; or what is wrong with what it gets.
Result<Rows> fold(ChangeLog& log, size_t step_bytes) {
  LEAT_ASSIGN_OR_RETURN(auto reader, log.read_cuts({kTopic}, {}));
  Rows rows;
  while (true) {
    LEAT_ASSIGN_OR_RETURN(auto step, reader->next(step_bytes, CutId(UINT64_MAX), 0ms));
    if (!step) return rows;
    for (const TopicChunk& chunk : step->chunks) {
      for (const RecordView& record : chunk.records) {
        auto entry = compaction::test::entry_of(record);
        bool takes_back = chunk.has_before && entry.before;
        if (takes_back && rows[entry.key] != *entry.before) {
          return Error::permanent("the row before a change of " + entry.key + " is another");
        }
        if (takes_back) rows.erase(entry.key);
        if (rows.contains(entry.key)) return Error::permanent(entry.key + " is there twice");
        if (entry.value) rows[entry.key] = *entry.value;
      }
    }
  }
}

struct LostPower {
  std::shared_ptr<SimulatedDisk> disk;
  size_t units_min;
};

class CompactionCrashRun {
 public:
  explicit CompactionCrashRun(uint64_t seed) : random_(seed), hook_random_(seed + 1) {}

  size_t run() {
    reopen();
    for (int round = 0; round < 8; ++round) {
      if (random_.one_in(2)) fs_->kill_at(random_.below(150));
      for (size_t i = 10 + random_.below(20); i > 0 && step(); --i) {
      }
      if (random_.one_in(4)) (void)log_->close();
      end_process();
      check_states();
      reopen();
    }
    end_process();
    check_states();
    return tried_;
  }

  size_t compactions() const { return compactions_; }

 private:
  void reopen() {
    fs_ = std::make_unique<RecordingFs>(disk_);
    fs_->on_change([this] { maybe_lose_power(); });
    auto opened = LocalLog::open(small_log(*fs_, clock_));
    if (!opened.ok()) FAIL("reopening: " << opened.error().message());
    {
      std::lock_guard lock(mutex_);
      log_ = std::move(*opened);
      base_ = units_in(*log_->state());
    }
    check_rows(*log_, base_);
    CHECK(base_ >= acknowledged());
    rows_after_.resize(base_ + 1);
  }

  bool step() {
    clock_.now_ms += 1000;
    if (random_.one_in(5)) return compact();
    if (random_.one_in(6)) log_->set_reader_floor("view", log_->state()->cut);
    Rows rows = rows_after_.back();
    CommitUnit unit =
        random_.one_in(12) || rows_after_.size() == 1 ? fresh_generation(rows) : changes(&rows);
    unit.position = SourcePosition{"model", std::to_string(rows_after_.size())};
    rows_after_.push_back(std::move(rows));
    auto ticket = log_->submit(std::move(unit));
    if (!ticket.ok()) return false;
    auto durable = log_->wait_durable(*ticket, 20s);
    return durable.ok() && *durable;
  }

  GenerationId current() const { return log_->state()->find(kTopic)->current->id; }

  CommitUnit fresh_generation(const Rows& rows) {
    GenerationId generation = log_->allocate_generation();
    CommitUnit unit;
    unit.edits = {CreateTopic{kTopic, TopicKind::table, {}},
                  BeginGeneration{kTopic, generation, SchemaId(1), 1},
                  SwitchGeneration{kTopic, generation}};
    unit.appends.push_back({{generation, PartitionIndex(0)}, {}});
    for (const auto& [key, value] : rows) {
      unit.appends[0].records.add(clock_.now_ms, key, value, header_with({}));
    }
    return unit;
  }

  CommitUnit changes(Rows* rows) {
    CommitUnit unit;
    unit.appends.push_back({{current(), PartitionIndex(0)}, {}});
    for (size_t n = 1 + random_.below(6); n > 0; --n) {
      std::string key = "k" + std::to_string(random_.below(12));
      auto at = rows->find(key);
      std::optional<std::string> before;
      if (at != rows->end()) before = at->second;
      bool deletes = before && random_.one_in(3);
      std::string value = std::to_string(++values_) + std::string(random_.below(60), 'v');
      std::optional<std::string_view> now = value;
      if (deletes) now.reset();
      unit.appends[0].records.add(clock_.now_ms, key, now, header_with(before));
      if (deletes) rows->erase(key);
      if (!deletes) (*rows)[key] = value;
    }
    return unit;
  }

  // False when the process has been killed.
  bool compact() {
    if (log_->state()->find(kTopic) == nullptr) return true;
    PartitionId id{current(), PartitionIndex(0)};
    SegmentAccess& access = log_->segments();
    if (random_.one_in(2)) access.roll(id);
    auto closed = access.closed_segments(id);
    if (!closed.ok()) FAIL(closed.error().message());
    CutId floor = access.floor();
    Offset horizon = log_->state()->find(kTopic)->current->partitions[0].cleaned_horizon;
    CompactionInput input{id, {}, 0};
    for (const SegmentState& each : *closed) {
      if (each.cut_max > floor) break;
      input.segments.push_back(each);
      input.first_dirty += each.end <= horizon ? 1 : 0;
    }
    if (input.segments.empty()) return true;
    CompactionOptions options;
    options.map_bytes = random_.one_in(2) ? 80 : 10'000;
    options.tombstone_retention_ms = random_.one_in(2) ? 0 : 5000;
    options.output.segment_bytes_max = 900;
    std::atomic<bool> stop{false};
    Pace pace(clock_, 0, stop);
    Progress progress;
    auto done = compact_partition(access, input, options, pace, progress);
    if (done.ok()) compactions_ += done->replaced ? 1 : 0;
    if (!done.ok() && !fs_->is_killed()) FAIL(done.error().message());
    return done.ok();
  }

  void check_rows(ChangeLog& log, size_t units) {
    REQUIRE(units < rows_after_.size());
    auto rows = fold(log, 50 + random_.below(4000));
    if (!rows.ok()) FAIL(rows.error().message());
    CHECK(*rows == rows_after_[units]);
  }

  void end_process() {
    fs_->on_change({});
    fs_->kill();
    std::unique_ptr<LocalLog> log;
    {
      std::lock_guard lock(mutex_);
      acknowledged_ = std::max(acknowledged_, base_ + log_->durable().value());
      log = std::move(log_);
    }
  }

  size_t acknowledged() {
    std::lock_guard lock(mutex_);
    if (log_ != nullptr) acknowledged_ = std::max(acknowledged_, base_ + log_->durable().value());
    return acknowledged_;
  }

  void maybe_lose_power() {
    size_t units_min = acknowledged();
    std::lock_guard lock(states_mutex_);
    if (states_.size() < 300) states_.push_back({disk_->after_power_loss(hook_random_), units_min});
  }

  void check_states() {
    std::vector<LostPower> states;
    {
      std::lock_guard lock(states_mutex_);
      states.swap(states_);
    }
    for (const LostPower& state : states) check_state(state, 1);
  }

  // Opens the disk, and perhaps loses power again while it is being recovered.
  void check_state(const LostPower& state, int depth) {
    ++tried_;
    RecordingFs fs(state.disk);
    std::vector<LostPower> again;
    size_t calls = 0;
    if (depth < 3 && random_.one_in(4)) {
      fs.on_change([&] {
        if (++calls % 4 != 1 || again.size() > 4) return;
        again.push_back({state.disk->after_power_loss(random_), state.units_min});
      });
    }
    auto opened = LocalLog::open(small_log(fs, clock_));
    fs.on_change({});
    if (!opened.ok()) FAIL("after power loss: " << opened.error().message());
    size_t units = units_in(*(*opened)->state());
    CHECK(units >= state.units_min);
    check_rows(**opened, units);
    fs.kill();
    opened->reset();
    for (const LostPower& next : again) check_state(next, depth + 1);
  }

  Random random_;
  Random hook_random_;
  ManualClock clock_;
  std::vector<Rows> rows_after_{Rows()};  // by the number of units
  size_t values_ = 0;
  size_t tried_ = 0;
  size_t compactions_ = 0;
  std::shared_ptr<SimulatedDisk> disk_ = std::make_shared<SimulatedDisk>();
  std::unique_ptr<RecordingFs> fs_;

  std::mutex mutex_;
  std::unique_ptr<LocalLog> log_;
  size_t base_ = 0;
  size_t acknowledged_ = 0;

  std::mutex states_mutex_;
  std::vector<LostPower> states_;
};

size_t states_wanted() {
  const char* given = std::getenv("LEAT_STATES");
  return given == nullptr ? 2000 : std::strtoull(given, nullptr, 10);
}

}  // namespace

TEST_CASE("CompactedLogHoldsAPrefixWithAllThatWasAcknowledgedAfterAnyLossOfPower") {
  uint64_t seed = leat::test::seed();
  size_t tried = 0;
  size_t compactions = 0;
  for (; tried < states_wanted(); ++seed) {
    INFO("LEAT_SEED=" << seed);
    CompactionCrashRun run(seed);
    tried += run.run();
    compactions += run.compactions();
  }
  CHECK(compactions > 0);
}

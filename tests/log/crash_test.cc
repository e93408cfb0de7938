// Random runs of a log over a disk that loses power at any moment: whatever the disk then holds,
// the log reopens to a prefix of what was submitted, with everything acknowledged in it.
// LEAT_STATES sets how many disks are tried, LEAT_SEED which.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <mutex>

#include "log/local_log.h"
#include "tests/support/log_model.h"
#include "tests/support/recording_fs.h"
#include "tests/support/unit_parts.h"

using namespace leat;
using namespace leat::log;
using namespace std::chrono_literals;
using test::LogModel;
using test::Random;
using test::RecordingFs;
using test::SimulatedDisk;

namespace {

constexpr size_t kInlineBytesMax = 2000;

LocalLogOptions small_log(Fs& fs) {
  LocalLogOptions options{.fs = fs, .clock = Clock::system(), .dir = "/data/log"};
  options.journal_bytes = 32 << 10;
  options.segment_bytes_max = 4000;
  options.inline_bytes_max = kInlineBytesMax;
  options.open_files_max = 4;
  options.retry_delay_max = 1ms;
  options.on_fatal = [](const Error&) {};
  return options;
}

// A disk as a loss of power left it, and what must be on it.
struct LostPower {
  std::shared_ptr<SimulatedDisk> disk;
  size_t units_min;         // acknowledged before
  GenerationId generation;  // the highest given out before
};

class CrashRun {
 public:
  CrashRun(uint64_t seed, size_t states_wanted)
      : random_(seed), hook_random_(seed + 1), model_(seed + 2), states_wanted_(states_wanted) {}

  // Returns the number of disks tried.
  size_t run() {
    reopen();
    for (int round = 0; round < 12 && tried_ < states_wanted_; ++round) {
      size_t steps = 5 + random_.below(20);
      if (random_.one_in(2)) fs_->kill_at(random_.below(steps * 8));
      for (size_t i = 0; i < steps && step(); ++i) {
      }
      if (random_.one_in(4)) CHECK((log_->close().ok() || fs_->is_killed()));
      kill();
      check_states();
      reopen();
    }
    kill();  // the log ends before the members that its threads' changes are noted in
    check_states();
    return tried_;
  }

 private:
  void reopen() {
    fs_ = std::make_unique<RecordingFs>(disk_);
    fs_->on_change([this] { maybe_lose_power(); });
    auto opened = LocalLog::open(small_log(*fs_));
    if (!opened.ok()) FAIL("reopening: " << opened.error().message());
    size_t found = LogModel::units_in(*(*opened)->state());
    check_states();
    CHECK(found >= acknowledged());
    CHECK(model_.difference(**opened, found) == "");
    model_.forget_after(found);
    std::lock_guard lock(mutex_);
    log_ = std::move(*opened);
    base_ = acknowledged_ = found;
    tickets_.clear();
  }

  // False when the process has been killed.
  bool step() {
    if (random_.one_in(8)) log_->set_reader_floor("view", log_->state()->cut);
    size_t count = random_.one_in(3) ? 1 + random_.below(4) : 1;
    Ticket last{0};
    for (size_t i = 0; i < count; ++i) {
      auto ticket = submit(model_.next_unit(*log_, kInlineBytesMax));
      if (!ticket.ok() && !fs_->is_killed()) FAIL(ticket.error().message());
      if (!ticket.ok()) return false;
      last = *ticket;
    }
    if (random_.one_in(4)) return true;
    auto durable = log_->wait_durable(last, 20s);
    if (!fs_->is_killed()) REQUIRE(*durable);
    return durable.ok();
  }

  Result<Ticket> submit(CommitUnit unit) {
    if (random_.one_in(8)) (void)test::abandon_in_parts(*log_, unit, random_);
    auto ticket = random_.one_in(4) ? test::submit_in_parts(*log_, unit, random_)
                                    : log_->submit(std::move(unit));
    std::lock_guard lock(mutex_);
    if (ticket.ok()) tickets_.push_back(*ticket);
    return ticket;
  }

  // With the mutex held. Abandoned units have tickets too.
  void note_durable() {
    auto passed = std::upper_bound(tickets_.begin(), tickets_.end(), log_->durable());
    size_t durable = static_cast<size_t>(passed - tickets_.begin());
    acknowledged_ = std::max(acknowledged_, base_ + durable);
  }

  void kill() {
    fs_->on_change({});
    fs_->kill();
    std::unique_ptr<LocalLog> log;
    {
      std::lock_guard lock(mutex_);
      note_durable();
      log = std::move(log_);
    }
  }

  size_t acknowledged() {
    std::lock_guard lock(mutex_);
    if (log_ != nullptr) note_durable();
    return acknowledged_;
  }

  // Called by the log's threads.
  void maybe_lose_power() {
    size_t units_min = acknowledged();
    GenerationId generation = model_.highest_generation();
    std::lock_guard lock(states_mutex_);
    if (!hook_random_.one_in(2) || states_.size() > 400) return;
    states_.push_back({disk_->after_power_loss(hook_random_), units_min, generation});
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
    bool lose_again = depth < 3 && random_.one_in(4);
    size_t calls = 0;
    if (lose_again) {
      fs.on_change([&] {
        if (++calls % 4 != 1 || again.size() > 4) return;
        again.push_back({state.disk->after_power_loss(random_), state.units_min, state.generation});
      });
    }
    auto opened = LocalLog::open(small_log(fs));
    fs.on_change({});
    if (!opened.ok()) FAIL("after power loss: " << opened.error().message());
    LocalLog& log = **opened;
    size_t found = LogModel::units_in(*log.state());
    CHECK(found >= state.units_min);
    CHECK(found <= model_.count());
    CHECK(model_.difference(log, found) == "");
    CHECK(log.allocate_generation() > state.generation);
    if (random_.one_in(4)) check_replay(log, found);
    fs.kill();
    opened->reset();
    for (const LostPower& next : again) check_state(next, depth + 1);
  }

  void check_replay(LocalLog& log, size_t units) {
    LogModel::Contents contents = model_.after(units);
    std::map<std::string, std::vector<std::string>> expected;
    std::vector<std::string> topics;
    for (const auto& [name, topic] : contents.topics) {
      topics.push_back(name);
      if (!topic.current) continue;
      std::vector<std::string> keys;
      for (const auto& partition : contents.partitions.at(*topic.current)) {
        keys.insert(keys.end(), partition.begin(), partition.end());
      }
      std::sort(keys.begin(), keys.end());
      if (!keys.empty()) expected[name] = keys;
    }
    auto replay = test::replay_cuts(log, topics, 50 + random_.below(5000));
    CHECK(replay.error == "");
    CHECK(replay.keys == expected);
  }

  Random random_;
  Random hook_random_;
  LogModel model_;
  const size_t states_wanted_;
  size_t tried_ = 0;
  std::shared_ptr<SimulatedDisk> disk_ = std::make_shared<SimulatedDisk>();
  std::unique_ptr<RecordingFs> fs_;

  std::mutex mutex_;
  std::unique_ptr<LocalLog> log_;
  size_t base_ = 0;              // units that were there when the log was opened
  std::vector<Ticket> tickets_;  // of the units since
  size_t acknowledged_ = 0;

  std::mutex states_mutex_;
  std::vector<LostPower> states_;
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t kStates = 3000;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr size_t kStates = 3000;
#else
constexpr size_t kStates = 100'000;
#endif
#else
constexpr size_t kStates = 100'000;
#endif

// `./dev soak` tries more in each of its rounds.
size_t states_wanted() {
  if (const char* given = std::getenv("LEAT_STATES")) return std::strtoull(given, nullptr, 10);
  return std::getenv("LEAT_SOAK") == nullptr ? kStates : 5 * kStates;
}

}  // namespace

TEST_CASE("LogReopensToAPrefixWithAllThatWasAcknowledgedAfterAnyLossOfPower") {
  uint64_t seed = test::seed();
  size_t wanted = states_wanted();
  for (size_t tried = 0; tried < wanted; ++seed) {
    INFO("LEAT_SEED=" << seed);
    CrashRun run(seed, wanted - tried);
    tried += run.run();
  }
}

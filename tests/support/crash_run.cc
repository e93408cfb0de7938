#include "tests/support/crash_run.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/support/log_model.h"
#include "tests/support/sanitized.h"

namespace leat::test {

using namespace leat::log;
using namespace std::chrono_literals;

namespace {
constexpr int kRounds = 12;
constexpr size_t kStatesOfRound = 400;
constexpr int kDepthMax = 3;  // losses of power in a row
}  // namespace

size_t states_wanted(size_t usual) {
  if (const char* given = std::getenv("LEAT_STATES")) return std::strtoull(given, nullptr, 10);
  if (std::getenv("LEAT_SOAK") != nullptr) usual *= 5;
  return kIsSanitized ? std::max<size_t>(usual / 30, 1000) : usual;
}

size_t CrashRun::run(size_t states_max) {
  // The log ends before the members that its threads' changes are noted in, also when a check
  // throws.
  struct AtEnd {
    CrashRun& run;
    ~AtEnd() { run.end_process(); }
  } at_end{*this};
  open();
  for (int round = 0; round < kRounds && tried_ < states_max; ++round) {
    do_steps();
    end_process();
    check_states();
    open();
  }
  end_process();
  check_states();
  return tried_;
}

void CrashRun::open() {
  fs_ = std::make_unique<RecordingFs>(disk_);
  fs_->on_change([this] { maybe_lose_power(); });
  auto opened = LocalLog::open(options(*fs_));
  if (!opened.ok()) FAIL("reopening: " << opened.error().message());
  size_t units = LogModel::units_in(*(*opened)->state());
  check_states();
  CHECK(units >= acknowledged());
  check(**opened, units);
  forget_after(units);
  std::lock_guard lock(mutex_);
  log_ = std::move(*opened);
  base_ = acknowledged_ = units;
  tickets_.clear();
}

void CrashRun::do_steps() {
  size_t steps = 5 + random_.below(20);
  if (random_.one_in(2)) fs_->kill_at(random_.below(steps * 8));
  for (size_t i = 0; i < steps && step(); ++i) {
  }
  if (random_.one_in(4)) CHECK((log_->close().ok() || is_killed()));
}

Result<Ticket> CrashRun::submitted(Result<Ticket> ticket) {
  if (!ticket.ok() && !is_killed()) FAIL(ticket.error().message());
  std::lock_guard lock(mutex_);
  if (ticket.ok()) tickets_.push_back(*ticket);
  return ticket;
}

bool CrashRun::wait_durable(Ticket ticket) {
  auto durable = log_->wait_durable(ticket, 60s);
  if (!is_killed()) REQUIRE(*durable);
  return durable.ok();
}

// With the mutex held. Abandoned units have tickets too.
void CrashRun::note_durable() {
  auto passed = std::upper_bound(tickets_.begin(), tickets_.end(), log_->durable());
  size_t durable = static_cast<size_t>(passed - tickets_.begin());
  acknowledged_ = std::max(acknowledged_, base_ + durable);
}

void CrashRun::end_process() {
  if (fs_ == nullptr) return;
  fs_->on_change({});
  fs_->kill();
  std::unique_ptr<LocalLog> log;
  std::lock_guard lock(mutex_);
  if (log_ == nullptr) return;
  note_durable();
  log = std::move(log_);
}

size_t CrashRun::acknowledged() {
  std::lock_guard lock(mutex_);
  if (log_ != nullptr) note_durable();
  return acknowledged_;
}

// Called by the log's threads.
void CrashRun::maybe_lose_power() {
  size_t units_min = acknowledged();
  GenerationId generation = highest_generation();
  std::lock_guard lock(states_mutex_);
  if (!hook_random_.one_in(2) || states_.size() > kStatesOfRound) return;
  states_.push_back({disk_->after_power_loss(hook_random_), units_min, generation});
}

void CrashRun::check_states() {
  std::vector<LostPower> states;
  {
    std::lock_guard lock(states_mutex_);
    states.swap(states_);
  }
  for (const LostPower& state : states) check_state(state, 1);
}

void CrashRun::check_state(const LostPower& state, int depth) {
  ++tried_;
  bool lose_again = depth < kDepthMax && random_.one_in(4);
  for (const LostPower& next : open_and_lose_power(state, lose_again)) {
    check_state(next, depth + 1);
  }
}

// Opens the disk, and perhaps loses power again while it is being recovered: then what that left.
std::vector<CrashRun::LostPower> CrashRun::open_and_lose_power(const LostPower& state,
                                                               bool lose_again) {
  RecordingFs fs(state.disk);
  std::vector<LostPower> again;
  size_t calls = 0;
  if (lose_again) {
    fs.on_change([&] {
      if (++calls % 4 != 1 || again.size() > 4) return;
      again.push_back({state.disk->after_power_loss(random_), state.units_min, state.generation});
    });
  }
  auto opened = LocalLog::open(options(fs));
  fs.on_change({});
  if (!opened.ok()) FAIL("after power loss: " << opened.error().message());
  size_t units = LogModel::units_in(*(*opened)->state());
  CHECK(units >= state.units_min);
  check(**opened, units);
  CHECK((*opened)->allocate_generation() > state.generation);
  fs.kill();
  return again;
}

}  // namespace leat::test

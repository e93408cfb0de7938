// A log over a disk that loses power, and whose process is killed, at any moment: whatever the disk
// then holds, the log opens with a prefix of the units that were submitted, with all that were
// acknowledged in it. A test derives from this, and says what is done with the log and what the log
// should hold after so many units.
//
//   round   open ─▶ check ─▶ step, step, … ─▶ closed, or killed between any two calls on the disk
//                              └─ after a call: a disk as a loss of power would leave it now
//           each of those disks: open ─▶ check, perhaps with another loss of power meanwhile
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "log/local_log.h"
#include "tests/support/random.h"
#include "tests/support/recording_fs.h"

namespace leat::test {

// How many disks a test tries: LEAT_STATES, or USUAL; less under a sanitizer, more in each round of
// `./dev soak`.
size_t states_wanted(size_t usual);

class CrashRun {
 public:
  virtual ~CrashRun() = default;

  // Returns the number of disks tried: about STATES_MAX, or fewer.
  size_t run(size_t states_max);

 protected:
  explicit CrashRun(uint64_t seed) : random_(seed), hook_random_(seed + 1) {}

  virtual log::LocalLogOptions options(Fs& fs) = 0;
  // One piece of work with log(); false: the process was killed meanwhile.
  virtual bool step() = 0;
  // LOG should hold exactly what the first UNITS units made.
  virtual void check(log::LocalLog& log, size_t units) = 0;
  // Of the units submitted so far only the first UNITS are left.
  virtual void forget_after(size_t units) = 0;
  // That the log gave out. Any thread.
  virtual GenerationId highest_generation() const { return GenerationId(0); }

  log::LocalLog& log() { return *log_; }
  Random& random() { return random_; }
  bool is_killed() const { return fs_->is_killed(); }
  // Every unit's ticket goes through here, in order; returns it.
  Result<log::Ticket> submitted(Result<log::Ticket> ticket);
  // False: the process was killed.
  bool wait_durable(log::Ticket ticket);

 private:
  // A disk as a loss of power left it, and what must be on it.
  struct LostPower {
    std::shared_ptr<SimulatedDisk> disk;
    size_t units_min;         // acknowledged before
    GenerationId generation;  // the highest given out before
  };

  void open();
  void do_steps();
  void end_process();
  void note_durable();
  size_t acknowledged();
  void maybe_lose_power();
  void check_states();
  void check_state(const LostPower& state, int depth);
  std::vector<LostPower> open_and_lose_power(const LostPower& state, bool lose_again);

  Random random_;
  Random hook_random_;  // of the threads that change the disk
  size_t tried_ = 0;
  std::shared_ptr<SimulatedDisk> disk_ = std::make_shared<SimulatedDisk>();
  std::unique_ptr<RecordingFs> fs_;

  std::mutex mutex_;
  std::unique_ptr<log::LocalLog> log_;
  size_t base_ = 0;                   // units that were there when the log was opened
  std::vector<log::Ticket> tickets_;  // of the units since
  size_t acknowledged_ = 0;

  std::mutex states_mutex_;
  std::vector<LostPower> states_;
};

}  // namespace leat::test

// What a compaction minds while it works: a rate that leaves the disk to others, whether somebody
// waits for it, and whether it should stop.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "log/base/clock.h"
#include "log/base/status.h"

namespace leat::compaction {

inline constexpr std::atomic<int> kNobodyWaits{0};

// A token bucket. One thread.
class Pace {
 public:
  // BYTES_PER_SECOND 0: as fast as it goes. STOP and WAITING may be changed by any thread: while
  // somebody waits the rate does not count.
  Pace(const Clock& clock, uint64_t bytes_per_second, const std::atomic<bool>& stop,
       const std::atomic<int>& waiting = kNobodyWaits);

  // Accounts for BYTES read or written; sleeps when that is ahead of the rate. An error (transient)
  // when it should stop.
  Status spend(uint64_t bytes);

 private:
  static constexpr std::chrono::milliseconds kSleepMax{50};

  const Clock& clock_;
  const double bytes_per_second_;
  const std::atomic<bool>& stop_;
  const std::atomic<int>& waiting_;
  std::chrono::nanoseconds refilled_at_;
  double tokens_;
};

}  // namespace leat::compaction

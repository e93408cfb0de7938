#include "compaction/pace.h"

#include <algorithm>
#include <thread>

namespace leat::compaction {
namespace {

constexpr double kBurstSeconds = 0.1;

}  // namespace

Pace::Pace(const Clock& clock, uint64_t bytes_per_second, const std::atomic<bool>& stop,
           const std::atomic<int>& waiting)
    : clock_(clock),
      bytes_per_second_(static_cast<double>(bytes_per_second)),
      stop_(stop),
      waiting_(waiting),
      refilled_at_(clock.monotonic()),
      tokens_(bytes_per_second_ * kBurstSeconds) {}

Status Pace::spend(uint64_t bytes) {
  if (bytes_per_second_ > 0 && waiting_ == 0) tokens_ -= static_cast<double>(bytes);
  while (!stop_ && waiting_ == 0 && tokens_ < 0) {
    auto now = clock_.monotonic();
    double seconds = std::chrono::duration<double>(now - refilled_at_).count();
    refilled_at_ = now;
    tokens_ = std::min(tokens_ + seconds * bytes_per_second_, bytes_per_second_ * kBurstSeconds);
    if (tokens_ < 0)
      std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(
          kSleepMax,
          std::chrono::nanoseconds(static_cast<int64_t>(-tokens_ / bytes_per_second_ * 1e9))));
  }
  return stop_ ? Status(Error::transient("compaction was stopped")) : Status();
}

}  // namespace leat::compaction

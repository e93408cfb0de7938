// How long to wait before trying again: longer each time, up to a bound.
#pragma once

#include <algorithm>
#include <chrono>

namespace leat::cdc {

class Backoff {
 public:
  static constexpr std::chrono::milliseconds kFirst{200};
  static constexpr std::chrono::milliseconds kLongest{10'000};

  std::chrono::milliseconds next() {
    auto out = delay_;
    delay_ = std::min(delay_ * 2, kLongest);
    return out;
  }
  // It worked: the next failure is the first again.
  void reset() { delay_ = kFirst; }

 private:
  std::chrono::milliseconds delay_ = kFirst;
};

}  // namespace leat::cdc

// The time, as an argument: what depends on it can be tested without waiting.
#pragma once

#include <chrono>
#include <cstdint>

namespace leat {

class Clock {
 public:
  virtual ~Clock() = default;
  // Wall clock, microseconds since 1970-01-01 UTC. May jump.
  virtual int64_t unix_us() const = 0;
  // For intervals: never goes back. The starting point means nothing.
  virtual std::chrono::nanoseconds monotonic() const = 0;

  // The machine's clock; lives as long as the process. Any thread.
  static Clock& system();
};

}  // namespace leat

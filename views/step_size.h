// How many bytes of records a group takes in one step, so that what follows from them fits too.
//
// Expressions and joins make more of their input, sometimes a thousand times more (a text repeated,
// a customer with a million orders). How much shows only when it is done: so the first steps are
// small, each may be twice the one before, and one that held too much makes the next ones smaller.
// What is left unbounded is the one step in which the ratio jumps.
#pragma once

#include <algorithm>
#include <cstddef>

namespace leat::views {

class StepSize {
 public:
  explicit StepSize(size_t bytes_max)
      : bytes_max_(bytes_max), bytes_(std::max<size_t>(bytes_max / kFirstPart, 1)) {}

  // For the next step; at least 1.
  size_t bytes() const { return bytes_; }

  // HELD_BYTES: by the dataflow that held most in the step.
  void note_step(size_t held_bytes) {
    const size_t held_max = bytes_max_ * kHeldPerByteMax;
    if (held_bytes <= held_max / 2) {
      bytes_ = std::min(bytes_ * 2, bytes_max_);
    } else if (held_bytes > held_max) {
      const double part = static_cast<double>(held_max) / static_cast<double>(held_bytes);
      const double next = static_cast<double>(bytes_) * part / 2;
      bytes_ = std::max<size_t>(static_cast<size_t>(next), 1);
    }
  }

 private:
  static constexpr size_t kFirstPart = 128;
  // A join of three tables and a grouping hold about ten times what they read.
  static constexpr size_t kHeldPerByteMax = 32;

  size_t bytes_max_;
  size_t bytes_;
};

}  // namespace leat::views

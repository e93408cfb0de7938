// What one step of a dataflow holds, over all its operators, and whether it goes on.
//
// A few bytes of input can become many: an expression that repeats a text, a row that joins a
// million others. So each operator notes what it makes, row by row, and the step ends as soon as
// whoever wants it says so, not when it is complete.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>

#include "log/base/status.h"

namespace leat::joins {

// Asked for each row that an operator makes or looks at, with the bytes that the step holds so far:
// it must be cheap. False: the step is given up. None: whatever comes is kept, as a view's must be.
using StepGuard = std::function<bool(size_t held_bytes)>;

// One dataflow's, shared by its operators. One thread.
class StepMeter {
 public:
  // GUARD may be empty.
  explicit StepMeter(StepGuard guard) : guard_(std::move(guard)) {}

  void start_step() { held_bytes_ = 0; }

  // One more row was worked on, and BYTES more are held until the step's end. False: the step is
  // given up, which the operator then returns as its error.
  [[nodiscard]] bool hold(size_t bytes) {
    held_bytes_ += bytes;
    return guard_ == nullptr || guard_(held_bytes_);
  }

  // By the step at hand, or the one before.
  size_t held_bytes() const { return held_bytes_; }

  static Error given_up() { return Error::permanent("the step was given up"); }

 private:
  StepGuard guard_;
  size_t held_bytes_ = 0;
};

}  // namespace leat::joins

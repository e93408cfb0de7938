#include "views/step_size.h"

#include <catch2/catch.hpp>

using leat::views::StepSize;

namespace {

constexpr size_t kMax = 8 << 20;

// The most that a step held, where each byte read makes RATIO bytes; SIZE goes on for STEPS.
size_t most_held(StepSize* size, size_t ratio, int steps) {
  size_t most = 0;
  for (int i = 0; i < steps; ++i) {
    const size_t held = size->bytes() * ratio;
    most = std::max(most, held);
    size->note_step(held);
  }
  return most;
}

}  // namespace

TEST_CASE("StepsThatHoldLittleGrowToTheMost") {
  StepSize size(kMax);
  CHECK(size.bytes() == kMax / 128);
  most_held(&size, 10, 7);
  CHECK(size.bytes() == kMax);
  most_held(&size, 10, 100);
  CHECK(size.bytes() == kMax);
}

TEST_CASE("StepsWhoseRowsBecomeAThousandTimesLargerStaySmall") {
  StepSize size(kMax);
  CHECK(most_held(&size, 1000, 100) <= 32 * kMax);
}

TEST_CASE("AStepThatHeldTooMuchIsFollowedByOnesThatDoNot") {
  StepSize size(kMax);
  most_held(&size, 1, 20);
  CHECK(most_held(&size, 1000, 1) > 32 * kMax);
  CHECK(most_held(&size, 1000, 100) <= 32 * kMax);
  most_held(&size, 1, 20);
  CHECK(size.bytes() == kMax);
}

TEST_CASE("AStepIsNeverEmpty") {
  StepSize size(1);
  most_held(&size, 1'000'000, 100);
  CHECK(size.bytes() == 1);
}

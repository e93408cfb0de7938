#include "views/serve/guarded_snapshot.h"

#include <catch2/catch.hpp>

namespace leat::views::serve {
namespace {

using std::chrono::milliseconds;

class ManualClock final : public Clock {
 public:
  int64_t unix_us() const override { return 0; }
  std::chrono::nanoseconds monotonic() const override {
    ++looks;
    return now;
  }
  std::chrono::nanoseconds now{};
  mutable int looks = 0;
};

class Numbers final : public ReadSnapshot {
 public:
  CutId cut() const override { return CutId(1); }
  Status scan(std::string_view, std::string_view,
              const std::function<bool(std::string_view row)>& row) const override {
    for (int i = 0; i < 100'000 && row("x"); ++i) {
    }
    return Ok{};
  }
};

struct Fixture {
  ManualClock clock;
  Numbers numbers;
  bool cancelled = false;
  GuardedSnapshot guarded{numbers, clock, milliseconds(3000), [this] { return cancelled; }};
};

TEST_CASE("SlowRowsEndWithinARowOfTheDeadline") {
  Fixture f;
  int rows = 0;
  Status scanned = f.guarded.scan("t", "", [&](std::string_view) {
    f.clock.now += milliseconds(70);
    return ++rows > 0;
  });
  REQUIRE(!scanned.ok());
  CHECK(scanned.error().message() == "canceling statement due to statement timeout");
  CHECK(rows <= 3000 / 70 + 2);
}

TEST_CASE("RowsThatBecomeSlowOnTheWayEndSoonAfterTheDeadline") {
  Fixture f;
  int rows = 0;
  Status scanned = f.guarded.scan("t", "", [&](std::string_view) {
    if (++rows > 1000) f.clock.now += milliseconds(70);
    return true;
  });
  REQUIRE(!scanned.ok());
  CHECK(rows <= 1000 + 3000 / 70 + 20);
}

TEST_CASE("QuickRowsDoNotEachLookAtTheClock") {
  Fixture f;
  CHECK(f.guarded.scan("t", "", [](std::string_view) { return true; }).ok());
  CHECK(f.clock.looks < 100'000 / 10);
}

TEST_CASE("ACancelIsSeenWithinAFewRows") {
  Fixture f;
  int rows = 0;
  Status scanned = f.guarded.scan("t", "", [&](std::string_view) {
    if (++rows == 1000) f.cancelled = true;
    return true;
  });
  REQUIRE(!scanned.ok());
  CHECK(scanned.error().message() == "canceling statement due to user request");
  CHECK(rows <= 1000 + 20);
}

}  // namespace
}  // namespace leat::views::serve

// The fields of an interval's text, summed: what datetime.c's DecodeInterval does between words.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "log/model/interval.h"

namespace leat {

enum class IntervalProblem : uint8_t { none, syntax, range };

enum class IntervalUnit : uint8_t {
  microsecond,
  millisecond,
  second,
  minute,
  hour,
  day,
  week,
  month,
  year,
  decade,
  century,
  millennium,
};

// "day", "Hours", "mons"; none where there is no such unit.
std::optional<IntervalUnit> interval_unit_of(std::string_view word);

// A signed number in two parts, both with its sign: -1.5 is -1 and -0.5.
struct IntervalNumber {
  int64_t whole = 0;
  double fraction = 0;
};

// Sums what the fields say; every step is checked for overflow.
class IntervalSum {
 public:
  // False where the unit was given before, or on an overflow.
  bool add(IntervalUnit unit, IntervalNumber value);
  bool add_time(int64_t us);
  // Marks a unit as given; whether it was.
  bool is_taken(IntervalUnit unit);
  bool has_overflowed() const { return overflowed_; }

  IntervalProblem finish(bool negated, Interval* out) const;

 private:
  bool overflow();
  bool add_us(IntervalNumber value, int64_t scale);
  bool add_days(int64_t value, int64_t scale);
  bool add_months(int64_t value, int64_t scale);
  bool add_years(IntervalNumber value, int64_t scale);
  // A fraction of days spills into the time.
  bool add_day_fraction(double days);

  int64_t years_ = 0;
  int64_t months_ = 0;
  int64_t days_ = 0;
  int64_t us_ = 0;
  unsigned taken_ = 0;
  bool overflowed_ = false;
};

}  // namespace leat

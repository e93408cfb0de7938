// Calendar arithmetic with PostgreSQL's results and errors (timestamp.c, date.c).
#pragma once

#include <cstdint>

#include "log/base/status.h"
#include "log/model/interval.h"
#include "log/model/value_error.h"

namespace leat {

using IntegerResult = Result<int64_t, ValueError>;
using IntervalResult = Result<Interval, ValueError>;

// Midnight of the day, in microseconds; infinities stay. "date out of range for timestamp".
IntegerResult timestamp_of_date(int64_t days);
// The day of a timestamp; infinities stay.
int64_t date_of_timestamp(int64_t us);

IntegerResult add_days(int64_t date, int64_t days);
// Months first (the day is cut to the month's length), then days, then the time.
IntegerResult add_interval(int64_t timestamp, const Interval& interval);
IntervalResult subtract_timestamps(int64_t a, int64_t b);

IntervalResult add(const Interval& a, const Interval& b);
IntervalResult subtract(const Interval& a, const Interval& b);
IntervalResult negate(const Interval& a);
// Fractions of months become days of 1/30 month, fractions of days become time.
IntervalResult multiply(const Interval& a, double factor);
IntervalResult divide(const Interval& a, double divisor);

// The time of the day, US later (or earlier), around the clock.
int64_t add_to_time(int64_t time, int64_t us);

}  // namespace leat

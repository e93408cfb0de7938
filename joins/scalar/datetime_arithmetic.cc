// + - * / on dates, times and intervals. The session's time zone is UTC, so a timestamptz is
// counted like a timestamp.
#include "log/model/datetime_arithmetic.h"

#include "joins/scalar/catalog.h"
#include "log/model/datetime.h"

namespace leat::joins {

namespace {

using Arguments = std::span<const Datum>;
constexpr TypeId kDate = TypeId::date;
constexpr TypeId kTime = TypeId::time;
constexpr TypeId kTimeTz = TypeId::timetz;
constexpr TypeId kTimestamp = TypeId::timestamp;
constexpr TypeId kTimestampTz = TypeId::timestamptz;
constexpr TypeId kInterval = TypeId::interval;
constexpr TypeId kInt = TypeId::int32;

Interval interval_of(const Datum& value) {
  return decode_interval(value.bytes());
}

ScalarResult to_scalar(const IntervalResult& value, Arena& arena) {
  if (!value.ok()) return to_row_error(value.error());
  return to_datum(*value, arena);
}
using leat::joins::to_scalar;

// The other order of two arguments.
template <Kernel kernel>
ScalarResult swapped(Arguments in, Arena& arena) {
  const Datum other[] = {in[1], in[0]};
  return kernel(std::span(other), arena);
}

// --- Dates -----------------------------------------------------------------------------------

ScalarResult date_plus_days(Arguments in, Arena&) {
  return to_scalar(add_days(in[0].integer(), in[1].integer()));
}
ScalarResult date_minus_days(Arguments in, Arena&) {
  return to_scalar(add_days(in[0].integer(), -in[1].integer()));
}

ScalarResult date_minus_date(Arguments in, Arena&) {
  if (is_infinite_date(in[0].integer()) || is_infinite_date(in[1].integer())) {
    return fail("cannot subtract infinite dates", kDatetimeOverflow);
  }
  // PostgreSQL subtracts in 32 bits; the range of dates is smaller than that allows.
  return Datum::of_int(static_cast<int32_t>(in[0].integer() - in[1].integer()));
}

template <bool minus>
ScalarResult stamp_with_interval(int64_t stamp, const Interval& interval) {
  if (!minus) return to_scalar(add_interval(stamp, interval));
  auto negated = negate(interval);
  if (!negated.ok()) return to_row_error(negated.error());
  return to_scalar(add_interval(stamp, *negated));
}

template <bool minus>
ScalarResult date_with_interval(Arguments in, Arena&) {
  auto stamp = timestamp_of_date(in[0].integer());
  if (!stamp.ok()) return to_row_error(stamp.error());
  return stamp_with_interval<minus>(*stamp, interval_of(in[1]));
}

ScalarResult date_plus_us(int64_t date, int64_t us, const char* out_of_range) {
  auto stamp = timestamp_of_date(date);
  if (!stamp.ok()) return to_row_error(stamp.error());
  if (is_infinite_timestamp(*stamp)) return Datum::of_int(*stamp);
  int64_t out = *stamp + us;
  if (!is_valid_timestamp(out)) return fail(out_of_range, kDatetimeOverflow);
  return Datum::of_int(out);
}
ScalarResult date_plus_time(Arguments in, Arena&) {
  return date_plus_us(in[0].integer(), in[1].integer(), "timestamp out of range");
}
ScalarResult date_plus_timetz(Arguments in, Arena&) {
  int64_t us = utc_time_us(decode_timetz(in[1].bytes()));
  return date_plus_us(in[0].integer(), us, "date out of range for timestamp");
}

// --- Timestamps --------------------------------------------------------------------------------

template <bool minus>
ScalarResult timestamp_with_interval(Arguments in, Arena&) {
  return stamp_with_interval<minus>(in[0].integer(), interval_of(in[1]));
}

ScalarResult timestamp_minus_timestamp(Arguments in, Arena& arena) {
  return to_scalar(subtract_timestamps(in[0].integer(), in[1].integer()), arena);
}

// --- Times -----------------------------------------------------------------------------------

template <bool minus>
ScalarResult time_with_interval(Arguments in, Arena&) {
  int64_t us = interval_of(in[1]).us % kUsPerDay;
  return Datum::of_int(add_to_time(in[0].integer(), minus ? -us : us));
}

template <bool minus>
ScalarResult timetz_with_interval(Arguments in, Arena& arena) {
  TimeTz value = decode_timetz(in[0].bytes());
  int64_t us = interval_of(in[1]).us % kUsPerDay;
  value.us = add_to_time(value.us, minus ? -us : us);
  return to_datum(value, arena);
}

ScalarResult time_minus_time(Arguments in, Arena& arena) {
  return to_datum(Interval{in[0].integer() - in[1].integer(), 0, 0}, arena);
}

// --- Intervals --------------------------------------------------------------------------------

ScalarResult interval_plus_interval(Arguments in, Arena& arena) {
  return to_scalar(add(interval_of(in[0]), interval_of(in[1])), arena);
}
ScalarResult interval_minus_interval(Arguments in, Arena& arena) {
  return to_scalar(subtract(interval_of(in[0]), interval_of(in[1])), arena);
}
ScalarResult negate_interval(Arguments in, Arena& arena) {
  return to_scalar(negate(interval_of(in[0])), arena);
}
ScalarResult interval_times(Arguments in, Arena& arena) {
  return to_scalar(multiply(interval_of(in[0]), in[1].floating()), arena);
}
ScalarResult interval_over(Arguments in, Arena& arena) {
  return to_scalar(divide(interval_of(in[0]), in[1].floating()), arena);
}

template <Kernel kernel>
void add_commuting(Catalog& operators, TypeId a, TypeId b, TypeId result) {
  operators.add("+", {a, b}, result, kernel);
  operators.add("+", {b, a}, result, swapped<kernel>);
}

void add_dates(Catalog& operators) {
  add_commuting<date_plus_days>(operators, kDate, kInt, kDate);
  add_commuting<date_with_interval<false>>(operators, kDate, kInterval, kTimestamp);
  add_commuting<date_plus_time>(operators, kDate, kTime, kTimestamp);
  add_commuting<date_plus_timetz>(operators, kDate, kTimeTz, kTimestampTz);
  operators.add("-", {kDate, kInt}, kDate, date_minus_days);
  operators.add("-", {kDate, kDate}, kInt, date_minus_date);
  operators.add("-", {kDate, kInterval}, kTimestamp, date_with_interval<true>);
}

void add_timestamps(Catalog& operators) {
  for (TypeId type : {kTimestamp, kTimestampTz}) {
    add_commuting<timestamp_with_interval<false>>(operators, type, kInterval, type);
    operators.add("-", {type, kInterval}, type, timestamp_with_interval<true>);
    operators.add("-", {type, type}, kInterval, timestamp_minus_timestamp);
  }
}

void add_times(Catalog& operators) {
  add_commuting<time_with_interval<false>>(operators, kTime, kInterval, kTime);
  add_commuting<timetz_with_interval<false>>(operators, kTimeTz, kInterval, kTimeTz);
  operators.add("-", {kTime, kInterval}, kTime, time_with_interval<true>);
  operators.add("-", {kTimeTz, kInterval}, kTimeTz, timetz_with_interval<true>);
  operators.add("-", {kTime, kTime}, kInterval, time_minus_time);
}

void add_intervals(Catalog& operators) {
  operators.add("+", {kInterval, kInterval}, kInterval, interval_plus_interval);
  operators.add("-", {kInterval, kInterval}, kInterval, interval_minus_interval);
  operators.add("-", {kInterval}, kInterval, negate_interval);
  operators.add("*", {kInterval, TypeId::float64}, kInterval, interval_times);
  operators.add("*", {TypeId::float64, kInterval}, kInterval, swapped<interval_times>);
  operators.add("/", {kInterval, TypeId::float64}, kInterval, interval_over);
}

}  // namespace

void add_datetime_arithmetic(Catalog& operators) {
  add_dates(operators);
  add_timestamps(operators);
  add_times(operators);
  add_intervals(operators);
}

}  // namespace leat::joins

#include "log/model/datetime_arithmetic.h"

#include <algorithm>
#include <cmath>

#include "log/model/datetime.h"

namespace leat {

namespace {

ValueError out_of_range(const char* message) {
  return {message, kDatetimeOverflow};
}

CivilDate add_months(CivilDate date, int64_t months) {
  int64_t total = int64_t{date.year} * kMonthsPerYear + (date.month - 1) + months;
  int64_t year = total / kMonthsPerYear - (total % kMonthsPerYear < 0 ? 1 : 0);
  date.year = static_cast<int32_t>(year);
  date.month = static_cast<int32_t>(total - year * kMonthsPerYear) + 1;
  date.day = std::min(date.day, days_in_month(date.year, date.month));
  return date;
}

// TSROUND: to a millionth.
double to_microseconds(double value) {
  return std::rint(value * 1e6) / 1e6;
}

bool fits_int32(double value) {
  return !std::isnan(value) && value <= INT32_MAX && value >= INT32_MIN;
}
bool fits_int64(double value) {
  constexpr double kLow = -9223372036854775808.0;
  return !std::isnan(value) && value >= kLow && value < -kLow;
}

// SCALE is how a field is multiplied, or divided: interval_mul and interval_div but for that.
template <class Scale>
IntervalResult scale_interval(const Interval& a, Scale scale) {
  constexpr double kSecondsPerDay = 86'400;
  double months = scale(a.months), days = scale(a.days);
  if (!fits_int32(months) || !fits_int32(days)) return out_of_range("interval out of range");
  Interval out;
  out.months = static_cast<int32_t>(months);
  out.days = static_cast<int32_t>(days);
  double spilled_days = to_microseconds((months - out.months) * kDaysPerMonth);
  double whole_spilled = std::trunc(spilled_days);
  double seconds =
      to_microseconds((days - out.days + spilled_days - whole_spilled) * kSecondsPerDay);
  int64_t result_days = out.days;
  if (std::fabs(seconds) >= kSecondsPerDay) {
    auto more = static_cast<int64_t>(seconds / kSecondsPerDay);
    result_days += more;
    seconds -= static_cast<double>(more) * kSecondsPerDay;
  }
  result_days += static_cast<int64_t>(whole_spilled);
  double us = std::rint(scale(static_cast<double>(a.us)) + seconds * 1e6);
  if (!fits_int64(us) || result_days != static_cast<int32_t>(result_days)) {
    return out_of_range("interval out of range");
  }
  out.days = static_cast<int32_t>(result_days);
  out.us = static_cast<int64_t>(us);
  return out;
}

}  // namespace

IntegerResult timestamp_of_date(int64_t days) {
  if (days == kDateInfinity) return kTimestampInfinity;
  if (days == kDateMinusInfinity) return kTimestampMinusInfinity;
  int64_t us;
  if (__builtin_mul_overflow(days, kUsPerDay, &us) || !is_valid_timestamp(us)) {
    return out_of_range("date out of range for timestamp");
  }
  return us;
}

int64_t date_of_timestamp(int64_t us) {
  if (us == kTimestampInfinity) return kDateInfinity;
  if (us == kTimestampMinusInfinity) return kDateMinusInfinity;
  return split_timestamp(us).days;
}

IntegerResult add_days(int64_t date, int64_t days) {
  if (is_infinite_date(date)) return date;
  int64_t out = date + days;
  if (!is_valid_date(out) || is_infinite_date(out)) return out_of_range("date out of range");
  return out;
}

IntegerResult add_interval(int64_t timestamp, const Interval& interval) {
  if (is_infinite_timestamp(timestamp)) return timestamp;
  DayAndTime parts = split_timestamp(timestamp);
  if (interval.months != 0) {
    parts.days = days_of_civil(add_months(civil_of_days(parts.days), interval.months));
  }
  // The server makes a timestamp of each step.
  for (int64_t days : {int64_t{0}, int64_t{interval.days}}) {
    parts.days += days;
    int128 moved = static_cast<int128>(parts.days) * kUsPerDay + parts.us;
    if (moved != static_cast<int64_t>(moved) || !is_valid_timestamp(static_cast<int64_t>(moved))) {
      return out_of_range("timestamp out of range");
    }
  }
  int128 out = static_cast<int128>(parts.days) * kUsPerDay + parts.us + interval.us;
  auto us = static_cast<int64_t>(out);
  if (out != us || !is_valid_timestamp(us) || is_infinite_timestamp(us)) {
    return out_of_range("timestamp out of range");
  }
  return us;
}

IntervalResult subtract_timestamps(int64_t a, int64_t b) {
  if (is_infinite_timestamp(a) || is_infinite_timestamp(b)) {
    return out_of_range("cannot subtract infinite timestamps");
  }
  int64_t us;
  if (__builtin_sub_overflow(a, b, &us)) return out_of_range("interval out of range");
  return Interval{us % kUsPerDay, static_cast<int32_t>(us / kUsPerDay), 0};
}

IntervalResult add(const Interval& a, const Interval& b) {
  Interval out;
  if (__builtin_add_overflow(a.months, b.months, &out.months) ||
      __builtin_add_overflow(a.days, b.days, &out.days) ||
      __builtin_add_overflow(a.us, b.us, &out.us)) {
    return out_of_range("interval out of range");
  }
  return out;
}

IntervalResult subtract(const Interval& a, const Interval& b) {
  Interval out;
  if (__builtin_sub_overflow(a.months, b.months, &out.months) ||
      __builtin_sub_overflow(a.days, b.days, &out.days) ||
      __builtin_sub_overflow(a.us, b.us, &out.us)) {
    return out_of_range("interval out of range");
  }
  return out;
}

IntervalResult negate(const Interval& a) {
  return subtract(Interval{}, a);
}

IntervalResult multiply(const Interval& a, double factor) {
  return scale_interval(a, [factor](double field) { return field * factor; });
}

IntervalResult divide(const Interval& a, double divisor) {
  if (divisor == 0) return ValueError{"division by zero", kDivisionByZero};
  return scale_interval(a, [divisor](double field) { return field / divisor; });
}

int64_t add_to_time(int64_t time, int64_t us) {
  int64_t out = (time + us % kUsPerDay) % kUsPerDay;
  return out < 0 ? out + kUsPerDay : out;
}

}  // namespace leat

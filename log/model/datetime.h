// Dates and times as PostgreSQL counts, prints and reads them (DateStyle ISO, IntervalStyle
// postgres, TimeZone UTC). Dates are days, timestamps microseconds since 2000-01-01; the calendar
// is Gregorian also before 1582; the year 0 is 1 BC.
// src/backend/utils/adt/{datetime,date,timestamp}.c of PostgreSQL 15
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "log/base/status.h"
#include "log/model/interval.h"
#include "log/model/value_error.h"

namespace leat {

inline constexpr int64_t kDateMinusInfinity = INT32_MIN;
inline constexpr int64_t kDateInfinity = INT32_MAX;
inline constexpr int64_t kTimestampMinusInfinity = INT64_MIN;
inline constexpr int64_t kTimestampInfinity = INT64_MAX;

// Seconds from 1970-01-01 to 2000-01-01, and days.
inline constexpr int64_t kEpochDays = 10'957;
inline constexpr int64_t kEpochUs = kEpochDays * kUsPerDay;

inline bool is_infinite_date(int64_t days) {
  return days == kDateInfinity || days == kDateMinusInfinity;
}
inline bool is_infinite_timestamp(int64_t us) {
  return us == kTimestampInfinity || us == kTimestampMinusInfinity;
}

// Within PostgreSQL's range (from 4714-11-24 BC), or infinite.
inline bool is_valid_date(int64_t days) {
  constexpr int64_t kFirst = -2'451'545, kLast = 2'145'031'948;  // 5874897-12-31
  return (days >= kFirst && days <= kLast) || is_infinite_date(days);
}
inline bool is_valid_timestamp(int64_t us) {
  constexpr int64_t kFirst = -211'813'488'000'000'000;
  constexpr int64_t kEnd = 9'223'371'331'200'000'000;  // 294277-01-01
  return (us >= kFirst && us < kEnd) || is_infinite_timestamp(us);
}
inline bool is_valid_time(int64_t us) {
  return us >= 0 && us <= kUsPerDay;
}
inline bool is_valid_timetz(const TimeTz& value) {
  constexpr int32_t kZoneLimitSeconds = 16 * 3600;
  return is_valid_time(value.us) && value.zone_s > -kZoneLimitSeconds &&
         value.zone_s < kZoneLimitSeconds;
}

struct CivilDate {
  int32_t year = 2000;  // 0 is 1 BC, -1 is 2 BC
  int32_t month = 1;
  int32_t day = 1;
};

CivilDate civil_of_days(int64_t days);
int64_t days_of_civil(const CivilDate& date);
int32_t days_in_month(int32_t year, int32_t month);
// Monday is 0.
int weekday_of(int64_t days);

// A finite timestamp as whole days and microseconds into the day.
struct DayAndTime {
  int64_t days;
  int64_t us;
};
DayAndTime split_timestamp(int64_t us);

// Appending text.
void append_date(int64_t days, std::string* out);
void append_time(int64_t us, std::string* out);
void append_timetz(const TimeTz& value, std::string* out);
void append_timestamp(int64_t us, std::string* out);
void append_timestamptz(int64_t us, std::string* out);
void append_interval(const Interval& value, std::string* out);

// Reading text: PostgreSQL's numeric forms (2026-11-22, 20261122, 11/22/2026; 10:20:30.5, 10:20 PM;
// +02, Z, UTC; BC; infinity, epoch). Month names and zone names are not read; words that depend on
// the present (now, today) are refused.
Result<int64_t, ValueError> parse_date(std::string_view text);
Result<int64_t, ValueError> parse_time(std::string_view text);
Result<TimeTz, ValueError> parse_timetz(std::string_view text);
Result<int64_t, ValueError> parse_timestamp(std::string_view text);
Result<int64_t, ValueError> parse_timestamptz(std::string_view text);
// PostgreSQL's own, ISO 8601's and SQL's forms.
Result<Interval, ValueError> parse_interval(std::string_view text);

}  // namespace leat

// Intervals and times with a zone: the values behind their Datums.
#pragma once

#include <cstdint>
#include <string_view>

#include "log/base/arena.h"
#include "log/base/bytes.h"
#include "log/base/check.h"
#include "log/model/datum.h"
#include "log/model/wide_integer.h"

namespace leat {

inline constexpr int64_t kUsPerSecond = 1'000'000;
inline constexpr int64_t kUsPerMinute = 60 * kUsPerSecond;
inline constexpr int64_t kUsPerHour = 60 * kUsPerMinute;
inline constexpr int64_t kUsPerDay = 24 * kUsPerHour;
inline constexpr int64_t kDaysPerMonth = 30;  // where PostgreSQL must assume one
inline constexpr int32_t kMonthsPerYear = 12;

struct Interval {
  int64_t us = 0;
  int32_t days = 0;
  int32_t months = 0;

  friend bool operator==(const Interval&, const Interval&) = default;
};

struct TimeTz {
  int64_t us = 0;      // local time of the day
  int32_t zone_s = 0;  // west of UTC
};

// The Datum's bytes, of the right size (as a decoded row's are).
inline Interval decode_interval(std::string_view bytes) {
  LEAT_CHECK(bytes.size() == 16);
  return {load_be<int64_t>(bytes.data()), load_be<int32_t>(bytes.data() + 8),
          load_be<int32_t>(bytes.data() + 12)};
}
inline TimeTz decode_timetz(std::string_view bytes) {
  LEAT_CHECK(bytes.size() == 12);
  return {load_be<int64_t>(bytes.data()), load_be<int32_t>(bytes.data() + 8)};
}

inline Datum to_datum(const Interval& value, Arena& arena) {
  char* to = arena.allocate(16);
  store_be(to, value.us);
  store_be(to + 8, value.days);
  store_be(to + 12, value.months);
  return Datum::of_bytes({to, 16});
}
inline Datum to_datum(const TimeTz& value, Arena& arena) {
  char* to = arena.allocate(12);
  store_be(to, value.us);
  store_be(to + 8, value.zone_s);
  return Datum::of_bytes({to, 12});
}

// What PostgreSQL compares intervals by: microseconds, months of 30 days and days of 24 hours.
inline int128 interval_span(const Interval& value) {
  int64_t days = value.months * kDaysPerMonth + value.days;
  return static_cast<int128>(days) * kUsPerDay + value.us;
}

inline int64_t utc_time_us(const TimeTz& value) {
  return value.us + value.zone_s * kUsPerSecond;
}

}  // namespace leat

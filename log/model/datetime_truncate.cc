// date_trunc (timestamp.c).
#include <spdlog/fmt/fmt.h>

#include "log/model/datetime.h"
#include "log/model/datetime_fields.h"

namespace leat {

namespace {

ValueError unsupported(std::string_view name, TypeId type) {
  return {fmt::format("unit \"{}\" not supported for type {}", name, type_name(type)),
          kFeatureNotSupported};
}

// Microseconds of a field of fixed length up to the day; 0 for others.
int64_t length_us(TimeField field) {
  switch (field) {
    case TimeField::microsecond:
      return 1;
    case TimeField::millisecond:
      return 1'000;
    case TimeField::second:
      return kUsPerSecond;
    case TimeField::minute:
      return kUsPerMinute;
    case TimeField::hour:
      return kUsPerHour;
    case TimeField::day:
      return kUsPerDay;
    default:
      return 0;
  }
}

// The first year of the period of SIZE years; centuries and millennia begin with year 1.
int64_t first_year(int64_t year, int64_t size) {
  if (year > 0) return (year + size - 1) / size * size - (size - 1);
  return -((size - 1 - (year - 1)) / size) * size + 1;
}
int64_t first_of_decade(int64_t year) {
  return year > 0 ? year / 10 * 10 : -((8 - (year - 1)) / 10) * 10;
}

// False where the field is no part of the calendar.
bool truncate_date(TimeField field, CivilDate* date) {
  switch (field) {
    case TimeField::millennium:
      date->year = static_cast<int32_t>(first_year(date->year, 1000));
      break;
    case TimeField::century:
      date->year = static_cast<int32_t>(first_year(date->year, 100));
      break;
    case TimeField::decade:
      date->year = static_cast<int32_t>(first_of_decade(date->year));
      break;
    case TimeField::year:
      break;
    case TimeField::quarter:
      *date = {date->year, (date->month - 1) / 3 * 3 + 1, 1};
      return true;
    case TimeField::month:
      date->day = 1;
      return true;
    default:
      return false;
  }
  *date = {date->year, 1, 1};
  return true;
}

// Of an interval's months; false where the field is not made of them.
bool truncate_months(TimeField field, int32_t* months) {
  auto to_multiple = [months](int32_t size) { *months = *months / size * size; };
  switch (field) {
    case TimeField::millennium:
      to_multiple(1000 * kMonthsPerYear);
      return true;
    case TimeField::century:
      to_multiple(100 * kMonthsPerYear);
      return true;
    case TimeField::decade:
      to_multiple(10 * kMonthsPerYear);
      return true;
    case TimeField::year:
      to_multiple(kMonthsPerYear);
      return true;
    case TimeField::quarter:
      to_multiple(3);
      return true;
    case TimeField::month:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<int64_t, ValueError> truncate_timestamp(TimeField field, std::string_view name, TypeId type,
                                               int64_t us) {
  if (is_infinite_timestamp(us)) return us;
  DayAndTime parts = split_timestamp(us);
  CivilDate date = civil_of_days(parts.days);
  if (int64_t length = length_us(field); length != 0) {
    parts.us -= parts.us % length;
  } else if (field == TimeField::week) {
    parts = {parts.days - weekday_of(parts.days), 0};
  } else if (truncate_date(field, &date)) {
    parts = {days_of_civil(date), 0};
  } else {
    return unsupported(name, type);
  }
  int128 out = static_cast<int128>(parts.days) * kUsPerDay + parts.us;
  if (out != static_cast<int64_t>(out) || !is_valid_timestamp(static_cast<int64_t>(out))) {
    return ValueError{"timestamp out of range", kDatetimeOverflow};
  }
  return static_cast<int64_t>(out);
}

Result<Interval, ValueError> truncate_interval(TimeField field, std::string_view name,
                                               const Interval& value) {
  Interval out = value;
  if (truncate_months(field, &out.months)) return Interval{0, 0, out.months};
  int64_t length = length_us(field);
  if (length == 0) return unsupported(name, TypeId::interval);
  out.us = field == TimeField::day ? 0 : out.us - out.us % length;
  return out;
}

}  // namespace leat

#include "log/model/datetime_fields.h"

#include <spdlog/fmt/fmt.h>

#include <limits>

#include "log/model/datetime.h"
#include "log/model/interval_sum.h"
#include "log/model/text_scan.h"

namespace leat {

namespace {

struct FieldName {
  std::string_view name;
  TimeField field;
};

constexpr FieldName kNames[] = {
    {"quarter", TimeField::quarter},
    {"qtr", TimeField::quarter},
    {"epoch", TimeField::epoch},
    {"julian", TimeField::julian},
    {"isoyear", TimeField::isoyear},
    {"dow", TimeField::dow},
    {"isodow", TimeField::isodow},
    {"doy", TimeField::doy},
    {"timezone", TimeField::timezone},
    {"timezone_hour", TimeField::timezone_hour},
    {"timezone_h", TimeField::timezone_hour},
    {"timezone_minute", TimeField::timezone_minute},
    {"timezone_m", TimeField::timezone_minute},
};

TimeField field_of_unit(IntervalUnit unit) {
  constexpr TimeField kFields[] = {
      TimeField::microsecond, TimeField::millisecond, TimeField::second,  TimeField::minute,
      TimeField::hour,        TimeField::day,         TimeField::week,    TimeField::month,
      TimeField::year,        TimeField::decade,      TimeField::century, TimeField::millennium,
  };
  return kFields[static_cast<size_t>(unit)];
}

ValueError unsupported(std::string_view name, TypeId type) {
  return {fmt::format("unit \"{}\" not supported for type {}", name, type_name(type)),
          kFeatureNotSupported};
}

FieldResult whole(int64_t value) {
  return std::optional(FieldValue{Numeric::of_int(value), static_cast<double>(value)});
}

// US microseconds as seconds with 6 digits, or milliseconds with 3.
FieldResult scaled(int64_t us, int scale) {
  double divisor = scale == 6 ? 1e6 : 1e3;
  return std::optional(
      FieldValue{Numeric(WideInteger(us), scale), static_cast<double>(us) / divisor});
}

// The seconds of a minute: whole and fraction are added as floats, as the server does.
FieldResult seconds(int64_t us, int scale) {
  int64_t per_unit = scale == 6 ? 1 : 1000;
  double value = static_cast<double>(us / kUsPerSecond * per_unit) +
                 static_cast<double>(us % kUsPerSecond) / (scale == 6 ? 1e6 : 1e3);
  return std::optional(FieldValue{Numeric(WideInteger(us), scale), value});
}

// The fields of a time of the day; none where the field is not one.
std::optional<FieldResult> clock_field(TimeField field, int64_t us) {
  int64_t in_minute = us % kUsPerMinute;
  switch (field) {
    case TimeField::microsecond:
      return whole(in_minute);
    case TimeField::millisecond:
      return seconds(in_minute, 3);
    case TimeField::second:
      return seconds(in_minute, 6);
    case TimeField::minute:
      return whole(us / kUsPerMinute % 60);
    case TimeField::hour:
      return whole(us / kUsPerHour);
    default:
      return std::nullopt;
  }
}

// Years that PostgreSQL counts without a year 0.
int64_t shown_year(int64_t year) {
  return year > 0 ? year : year - 1;
}
int64_t decade_of(int64_t year) {
  return year >= 0 ? year / 10 : -((8 - (year - 1)) / 10);
}
int64_t period_of(int64_t year, int64_t size) {
  return year > 0 ? (year + size - 1) / size : -((size - 1 - (year - 1)) / size);
}

// The Thursday of a week decides which year it belongs to.
int64_t iso_year_of(int64_t days) {
  return civil_of_days(days - weekday_of(days) + 3).year;
}

int64_t iso_week_of(int64_t days) {
  int64_t thursday = days - weekday_of(days) + 3;
  return (thursday - days_of_civil({civil_of_days(thursday).year, 1, 1})) / 7 + 1;
}

constexpr int64_t kJulianOfEpoch = 2'451'545;

std::optional<FieldResult> calendar_field(TimeField field, int64_t days) {
  CivilDate date = civil_of_days(days);
  switch (field) {
    case TimeField::day:
      return whole(date.day);
    case TimeField::month:
      return whole(date.month);
    case TimeField::quarter:
      return whole((date.month - 1) / 3 + 1);
    case TimeField::week:
      return whole(iso_week_of(days));
    case TimeField::year:
      return whole(shown_year(date.year));
    case TimeField::isoyear:
      return whole(shown_year(iso_year_of(days)));
    case TimeField::decade:
      return whole(decade_of(date.year));
    case TimeField::century:
      return whole(period_of(date.year, 100));
    case TimeField::millennium:
      return whole(period_of(date.year, 1000));
    case TimeField::dow:
      return whole((weekday_of(days) + 1) % 7);
    case TimeField::isodow:
      return whole(weekday_of(days) + 1);
    case TimeField::doy:
      return whole(days - days_of_civil({date.year, 1, 1}) + 1);
    default:
      return std::nullopt;
  }
}

// Of infinity: what grows with time is infinite, what goes round is NULL.
FieldResult field_of_infinity(TimeField field, std::string_view name, TypeId type, bool negative) {
  switch (field) {
    case TimeField::year:
    case TimeField::decade:
    case TimeField::century:
    case TimeField::millennium:
    case TimeField::julian:
    case TimeField::isoyear:
    case TimeField::epoch:
      break;
    case TimeField::timezone:
    case TimeField::timezone_hour:
    case TimeField::timezone_minute:
      if (type != TypeId::timestamptz) return unsupported(name, type);
      return std::optional<FieldValue>();
    default:
      return std::optional<FieldValue>();
  }
  double infinity = std::numeric_limits<double>::infinity();
  auto kind = negative ? NumericKind::negative_infinity : NumericKind::infinity;
  return std::optional(FieldValue{Numeric::special(kind), negative ? -infinity : infinity});
}

FieldResult julian_field(const DayAndTime& parts) {
  Numeric day = Numeric::of_int(parts.days + kJulianOfEpoch);
  auto fraction = divide(Numeric::of_int(parts.us), Numeric::of_int(kUsPerDay));
  if (!fraction.ok()) return fraction.error();
  auto sum = add(day, *fraction);
  if (!sum.ok()) return sum.error();
  double seconds_of_day = static_cast<double>(parts.us / kUsPerSecond) +
                          static_cast<double>(parts.us % kUsPerSecond) / 1e6;
  double approximate = static_cast<double>(parts.days + kJulianOfEpoch) + seconds_of_day / 86'400.0;
  return std::optional(FieldValue{*sum, approximate});
}

FieldResult epoch_field(int64_t us) {
  int128 since = static_cast<int128>(us) + kEpochUs;
  // Beyond 64 bits the server divides as numeric, whose quotient has fewer digits here.
  if (since != static_cast<int64_t>(since)) {
    auto quotient = divide(Numeric(WideInteger(since), 0), Numeric::of_int(kUsPerSecond));
    if (!quotient.ok()) return quotient.error();
    auto rounded = round(*quotient, 6);
    if (!rounded.ok()) return rounded.error();
    return std::optional(FieldValue{*rounded, static_cast<double>(since) / 1e6});
  }
  return std::optional(
      FieldValue{Numeric(WideInteger(since), 6), static_cast<double>(since) / 1e6});
}

FieldResult epoch_of_interval(const Interval& value) {
  constexpr int64_t kQuarterDays = 4 * 365 + 1;  // a year of 365.25 days, times 4
  int64_t years = value.months / kMonthsPerYear, months = value.months % kMonthsPerYear;
  int64_t quarter_days =
      kQuarterDays * years + 4 * kDaysPerMonth * months + 4 * int64_t{value.days};
  int128 us = static_cast<int128>(quarter_days) * (kUsPerDay / 4) + value.us;
  double approximate = static_cast<double>(value.us) / 1e6;
  approximate += (365.25 * 86'400) * static_cast<double>(years);
  approximate += (30.0 * 86'400) * static_cast<double>(months);
  approximate += 86'400.0 * value.days;
  return std::optional(FieldValue{Numeric(WideInteger(us), 6), approximate});
}

}  // namespace

Result<TimeField, ValueError> time_field_of(std::string_view name, TypeId type) {
  std::string lower;
  for (char c : name) lower.push_back(ascii_lower(c));
  for (const FieldName& entry : kNames) {
    if (entry.name == lower) return entry.field;
  }
  if (auto unit = interval_unit_of(lower)) return field_of_unit(*unit);
  return ValueError{fmt::format("unit \"{}\" not recognized for type {}", lower, type_name(type)),
                    kInvalidParameter};
}

FieldResult field_of_date(TimeField field, std::string_view name, int64_t days) {
  bool of_clock = field <= TimeField::hour || field >= TimeField::timezone;
  if (of_clock) return unsupported(name, TypeId::date);
  if (is_infinite_date(days)) return field_of_infinity(field, name, TypeId::date, days < 0);
  if (field == TimeField::julian) return whole(days + kJulianOfEpoch);
  if (field == TimeField::epoch) return whole((days + kEpochDays) * 86'400);
  if (auto value = calendar_field(field, days)) return *value;
  return unsupported(name, TypeId::date);
}

FieldResult field_of_time(TimeField field, std::string_view name, int64_t us) {
  if (field == TimeField::epoch) return scaled(us, 6);
  if (auto value = clock_field(field, us)) return *value;
  return unsupported(name, TypeId::time);
}

FieldResult field_of_timetz(TimeField field, std::string_view name, const TimeTz& value) {
  switch (field) {
    case TimeField::timezone:
      return whole(-value.zone_s);
    case TimeField::timezone_hour:
      return whole(-value.zone_s / 3600);
    case TimeField::timezone_minute:
      return whole(-value.zone_s / 60 % 60);
    case TimeField::epoch: {
      FieldValue out{Numeric(WideInteger(utc_time_us(value)), 6), 0};
      out.approximate = static_cast<double>(value.us) / 1e6 + value.zone_s;
      return std::optional(std::move(out));
    }
    default:
      break;
  }
  if (auto clock = clock_field(field, value.us)) return *clock;
  return unsupported(name, TypeId::timetz);
}

FieldResult field_of_timestamp(TimeField field, std::string_view name, TypeId type, int64_t us) {
  if (is_infinite_timestamp(us)) return field_of_infinity(field, name, type, us < 0);
  DayAndTime parts = split_timestamp(us);
  if (field == TimeField::epoch) return epoch_field(us);
  if (field == TimeField::julian) return julian_field(parts);
  if (field >= TimeField::timezone) {
    return type == TypeId::timestamptz ? whole(0) : FieldResult(unsupported(name, type));
  }
  if (auto value = clock_field(field, parts.us)) return *value;
  if (auto value = calendar_field(field, parts.days)) return *value;
  return unsupported(name, type);
}

FieldResult field_of_interval(TimeField field, std::string_view name, const Interval& value) {
  int64_t years = value.months / kMonthsPerYear;
  switch (field) {
    case TimeField::day:
      return whole(value.days);
    case TimeField::month:
      return whole(value.months % kMonthsPerYear);
    case TimeField::quarter:
      return whole(value.months % kMonthsPerYear / 3 + 1);
    case TimeField::year:
      return whole(years);
    case TimeField::decade:
      return whole(years / 10);
    case TimeField::century:
      return whole(years / 100);
    case TimeField::millennium:
      return whole(years / 1000);
    case TimeField::epoch:
      return epoch_of_interval(value);
    default:
      break;
  }
  if (auto clock = clock_field(field, value.us)) return *clock;
  return unsupported(name, TypeId::interval);
}

}  // namespace leat

#include <cmath>
#include <cstdlib>
#include <optional>

#include "log/model/datetime.h"
#include "log/model/text_scan.h"

namespace leat {

namespace {

enum class Problem : uint8_t { none, syntax, field_range, zone_range, present };

struct Fields {
  std::optional<CivilDate> date;
  std::optional<int64_t> time_us;
  std::optional<int32_t> zone_s;  // west of UTC
  bool before_christ = false;
  bool era_given = false;
  bool joined_by_t = false;  // 2026-11-22T10:20
};

ValueError error_of(Problem problem, std::string_view type, std::string_view text) {
  std::string quoted = ": \"" + std::string(text) + "\"";
  switch (problem) {
    case Problem::field_range:
      return {"date/time field value out of range" + quoted, kDatetimeOverflow};
    case Problem::zone_range:
      return {"time zone displacement out of range" + quoted, "22009"};
    case Problem::present:
      return {"a value that depends on the present time is not supported" + quoted,
              kFeatureNotSupported};
    default:
      return invalid_text(type, text, kInvalidDatetime);
  }
}

// Reads the fields of one text from left to right.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(trim_space(text)) {}

  Problem scan(Fields* out) {
    if (rest_.empty()) return Problem::syntax;
    while (problem_ == Problem::none && !rest_.empty()) next(out);
    if (problem_ != Problem::none) return problem_;
    return finish(out);
  }

 private:
  enum class Half : uint8_t { none, am, pm };

  void fail(Problem problem) {
    if (problem_ == Problem::none) problem_ = problem;
  }

  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

  bool take(char c) {
    if (peek() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view digits() {
    size_t size = 0;
    while (size < rest_.size() && is_digit(rest_[size])) ++size;
    std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }

  // A number of one or more digits, small enough for any field.
  int number() {
    std::string_view text = digits();
    if (text.empty()) fail(Problem::syntax);
    return to_int(text);
  }

  int to_int(std::string_view text) {
    constexpr size_t kDigitsMax = 9;
    if (text.size() > kDigitsMax) fail(Problem::field_range);
    int value = 0;
    for (char c : text.substr(0, kDigitsMax)) value = value * 10 + (c - '0');
    return value;
  }

  void next(Fields* out) {
    char c = peek();
    if (is_space(c) || c == ',') {
      rest_.remove_prefix(1);
    } else if (is_letter(c)) {
      word(out);
    } else if (is_digit(c)) {
      number_field(out);
    } else if ((c == '+' || c == '-') && out->time_us && !out->zone_s) {
      out->zone_s = zone();
    } else {
      fail(Problem::syntax);
    }
  }

  void word(Fields* out) {
    size_t size = 0;
    while (size < rest_.size() && is_letter(rest_[size])) ++size;
    std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    // To the server a word glued to one of these is a date or a zone by name: "PM-08:30" is one.
    if (peek() == '-' || peek() == '/' || peek() == '.') return fail(Problem::syntax);
    bool clock_follows = is_digit(peek()) && !out->time_us;
    if (equals_ignoring_case(text, "t") && clock_follows) {
      time_expected_ = true;
      out->joined_by_t = true;
    } else if (is_digit(peek())) {
      fail(Problem::syntax);
    } else if (is_zone_word(text) && !out->zone_s) {
      out->zone_s = 0;
    } else if (equals_ignoring_case(text, "bc") || equals_ignoring_case(text, "ad")) {
      if (out->era_given || !out->date) fail(Problem::syntax);
      out->era_given = true;
      out->before_christ = equals_ignoring_case(text, "bc");
    } else if (equals_ignoring_case(text, "am") || equals_ignoring_case(text, "pm")) {
      half_ = equals_ignoring_case(text, "am") ? Half::am : Half::pm;
    } else {
      fail(Problem::syntax);
    }
  }

  static bool is_zone_word(std::string_view text) {
    return equals_ignoring_case(text, "z") || equals_ignoring_case(text, "utc") ||
           equals_ignoring_case(text, "gmt") || equals_ignoring_case(text, "zulu");
  }

  void number_field(Fields* out) {
    std::string_view first = digits();
    char separator = peek();
    if (separator == ':') {
      set_time(out, clock_time(to_int(first)));
    } else if (out->date || time_expected_) {
      set_time(out, compact_time(first));
    } else if (separator == '-' || separator == '/' || (separator == '.' && first.size() <= 4)) {
      set_date(out, separated_date(first, separator));
    } else {
      set_date(out, compact_date(first));
    }
  }

  void set_time(Fields* out, int64_t us) {
    if (out->time_us) fail(Problem::syntax);
    out->time_us = us;
  }
  void set_date(Fields* out, CivilDate date) {
    if (out->date) fail(Problem::syntax);
    out->date = date;
  }

  // ".123456789" as microseconds, rounded as the server does; 0 without one.
  int64_t fraction() {
    if (!take('.')) return 0;
    std::string text = "0.";
    text += digits();
    return static_cast<int64_t>(std::rint(std::strtod(text.c_str(), nullptr) * 1e6));
  }

  int64_t clock_time(int hour) {
    take(':');
    int minute = number();
    if (take(':')) {
      int second = number();
      return clock(hour, minute, second, fraction());
    }
    // With a fraction the two are minutes and seconds.
    if (peek() == '.') return clock(0, hour, minute, fraction());
    return clock(hour, minute, 0, 0);
  }

  int64_t compact_time(std::string_view text) {
    if (text.size() != 4 && text.size() != 6) {
      fail(Problem::syntax);
      return 0;
    }
    int second = text.size() == 6 ? to_int(text.substr(4, 2)) : 0;
    return clock(to_int(text.substr(0, 2)), to_int(text.substr(2, 2)), second, fraction());
  }

  int64_t clock(int hour, int minute, int second, int64_t us) {
    if (minute > 59 || second > 60) fail(Problem::field_range);
    return hour * kUsPerHour + minute * kUsPerMinute + second * kUsPerSecond + us;
  }

  // Three digits or more come first only in a year; else it is month, day, year (DateStyle MDY).
  CivilDate separated_date(std::string_view first, char separator) {
    take(separator);
    std::string_view second = digits();
    if (!take(separator)) fail(Problem::syntax);
    std::string_view third = digits();
    if (second.empty() || third.empty()) fail(Problem::syntax);
    CivilDate out;
    bool year_first = first.size() > 2;
    std::string_view year = year_first ? first : third;
    out.year = to_int(year);
    out.month = to_int(year_first ? second : first);
    out.day = to_int(year_first ? third : second);
    short_year_ = year.size() <= 2;
    return out;
  }

  CivilDate compact_date(std::string_view text) {
    if (text.size() != 8 && text.size() != 6) {
      fail(Problem::syntax);
      return {};
    }
    size_t year_size = text.size() - 4;
    short_year_ = year_size == 2;
    return {to_int(text.substr(0, year_size)), to_int(text.substr(year_size, 2)),
            to_int(text.substr(year_size + 2, 2))};
  }

  // +02, +0230, +02:30, +02:30:15; positive is east.
  int32_t zone() {
    bool east = take('+');
    if (!east) take('-');
    std::string_view text = digits();
    if (text.empty() || text.size() > 4) {
      fail(text.empty() ? Problem::syntax : Problem::zone_range);
      return 0;
    }
    bool joined = text.size() > 2;
    int hour = to_int(joined ? text.substr(0, text.size() - 2) : text);
    int minute = joined ? to_int(text.substr(text.size() - 2)) : 0;
    int second = 0;
    if (!joined && take(':')) {
      minute = number();
      if (take(':')) second = number();
    }
    if (hour > 15 || minute > 59 || second > 59) {
      fail(Problem::zone_range);
      return 0;
    }
    int32_t seconds = hour * 3600 + minute * 60 + second;
    return east ? -seconds : seconds;
  }

  Problem finish(Fields* out) {
    if (out->date && !complete_date(&*out->date, *out)) return Problem::field_range;
    if (half_ != Half::none && !out->time_us) return Problem::syntax;
    if (half_ != Half::none && !apply_half(out)) return Problem::field_range;
    if (out->time_us && *out->time_us > kUsPerDay) return Problem::field_range;
    return problem_;
  }

  bool complete_date(CivilDate* date, const Fields& fields) const {
    constexpr int kYearMax = 5'874'897;
    if (short_year_ && !fields.before_christ) date->year += date->year < 70 ? 2000 : 1900;
    if (date->year == 0 || date->year > kYearMax) return false;
    if (fields.before_christ) date->year = 1 - date->year;
    return date->month >= 1 && date->month <= 12 && date->day >= 1 &&
           date->day <= days_in_month(date->year, date->month);
  }

  bool apply_half(Fields* out) const {
    if (*out->time_us >= 13 * kUsPerHour) return false;
    bool twelve = *out->time_us >= 12 * kUsPerHour;
    if (half_ == Half::am && twelve) *out->time_us -= 12 * kUsPerHour;
    if (half_ == Half::pm && !twelve) *out->time_us += 12 * kUsPerHour;
    return true;
  }

  std::string_view rest_;
  Problem problem_ = Problem::none;
  Half half_ = Half::none;
  bool short_year_ = false;
  bool time_expected_ = false;
};

bool depends_on_present(std::string_view text) {
  for (std::string_view word : {"now", "today", "tomorrow", "yesterday"}) {
    if (equals_ignoring_case(text, word)) return true;
  }
  return false;
}

Result<Fields, ValueError> scan(std::string_view type, std::string_view text) {
  if (depends_on_present(trim_space(text))) return error_of(Problem::present, type, text);
  Fields fields;
  Problem problem = Scanner(text).scan(&fields);
  if (problem != Problem::none) return error_of(problem, type, text);
  return fields;
}

ValueError missing_field(std::string_view type, std::string_view text) {
  return error_of(Problem::syntax, type, text);
}

enum class Endless : uint8_t { no, infinity, minus_infinity, epoch };

Endless special_of(std::string_view text) {
  text = trim_space(text);
  if (equals_ignoring_case(text, "infinity") || equals_ignoring_case(text, "+infinity")) {
    return Endless::infinity;
  }
  if (equals_ignoring_case(text, "-infinity")) return Endless::minus_infinity;
  return equals_ignoring_case(text, "epoch") ? Endless::epoch : Endless::no;
}

Result<int64_t, ValueError> parse_stamp(std::string_view type, std::string_view text, bool zoned) {
  switch (special_of(text)) {
    case Endless::infinity:
      return kTimestampInfinity;
    case Endless::minus_infinity:
      return kTimestampMinusInfinity;
    case Endless::epoch:
      return -kEpochUs;
    case Endless::no:
      break;
  }
  LEAT_ASSIGN_OR_RETURN(Fields fields, scan(type, text));
  if (!fields.date) return missing_field(type, text);
  int64_t days = days_of_civil(*fields.date);
  int128 us = static_cast<int128>(days) * kUsPerDay + fields.time_us.value_or(0);
  if (zoned) us += fields.zone_s.value_or(0) * kUsPerSecond;
  if (us != static_cast<int64_t>(us) || !is_valid_timestamp(static_cast<int64_t>(us)) ||
      is_infinite_timestamp(static_cast<int64_t>(us))) {
    return ValueError{"timestamp out of range: \"" + std::string(text) + "\"", kDatetimeOverflow};
  }
  return static_cast<int64_t>(us);
}

}  // namespace

Result<int64_t, ValueError> parse_date(std::string_view text) {
  switch (special_of(text)) {
    case Endless::infinity:
      return kDateInfinity;
    case Endless::minus_infinity:
      return kDateMinusInfinity;
    case Endless::epoch:
      return -kEpochDays;
    case Endless::no:
      break;
  }
  LEAT_ASSIGN_OR_RETURN(Fields fields, scan("date", text));
  if (!fields.date) return missing_field("date", text);
  int64_t days = days_of_civil(*fields.date);
  if (!is_valid_date(days) || is_infinite_date(days)) {
    return ValueError{"date out of range: \"" + std::string(text) + "\"", kDatetimeOverflow};
  }
  return days;
}

Result<int64_t, ValueError> parse_time(std::string_view text) {
  LEAT_ASSIGN_OR_RETURN(Fields fields, scan("time", text));
  if (!fields.time_us || fields.joined_by_t) return missing_field("time", text);
  return *fields.time_us;
}

Result<TimeTz, ValueError> parse_timetz(std::string_view text) {
  LEAT_ASSIGN_OR_RETURN(Fields fields, scan("time with time zone", text));
  if (!fields.time_us || fields.joined_by_t) return missing_field("time with time zone", text);
  return TimeTz{*fields.time_us, fields.zone_s.value_or(0)};
}

Result<int64_t, ValueError> parse_timestamp(std::string_view text) {
  return parse_stamp("timestamp", text, false);
}

Result<int64_t, ValueError> parse_timestamptz(std::string_view text) {
  return parse_stamp("timestamp with time zone", text, true);
}

}  // namespace leat

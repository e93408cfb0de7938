#include <spdlog/fmt/fmt.h>

#include <cstdlib>
#include <iterator>

#include "log/model/datetime.h"

namespace leat {

namespace {

template <class... Args>
void print(std::string* out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(*out), format, std::forward<Args>(args)...);
}

// ".5", ".000001"; nothing for 0.
void append_fraction(int64_t us, std::string* out) {
  if (us == 0) return;
  print(out, ".{:06}", us);
  out->erase(out->find_last_not_of('0') + 1);
}

void append_year_month_day(const CivilDate& date, std::string* out) {
  print(out, "{:04}-{:02}-{:02}", date.year > 0 ? date.year : 1 - date.year, date.month, date.day);
}

void append_era(const CivilDate& date, std::string* out) {
  if (date.year <= 0) out->append(" BC");
}

void append_infinity(bool negative, std::string* out) {
  out->append(negative ? "-infinity" : "infinity");
}

void append_timestamp(int64_t us, std::string_view zone, std::string* out) {
  if (is_infinite_timestamp(us)) return append_infinity(us < 0, out);
  DayAndTime parts = split_timestamp(us);
  CivilDate date = civil_of_days(parts.days);
  append_year_month_day(date, out);
  out->push_back(' ');
  append_time(parts.us, out);
  out->append(zone);
  append_era(date, out);
}

// One "3 days" of an interval. A positive part behind a negative one needs its sign.
class IntervalPrinter {
 public:
  explicit IntervalPrinter(std::string* out) : out_(out) {}

  void unit(int64_t value, std::string_view name) {
    if (value == 0) return;
    print(out_, "{}{}{} {}{}", empty_ ? "" : " ", after_negative_ && value > 0 ? "+" : "", value,
          name, value != 1 ? "s" : "");
    after_negative_ = value < 0;
    empty_ = false;
  }

  void time(int64_t us) {
    if (us == 0 && !empty_) return;
    uint64_t left = us < 0 ? uint64_t{0} - static_cast<uint64_t>(us) : static_cast<uint64_t>(us);
    print(out_, "{}{}", empty_ ? "" : " ", us < 0 ? "-" : after_negative_ ? "+" : "");
    print(out_, "{:02}:{:02}:{:02}", left / kUsPerHour, left / kUsPerMinute % 60,
          left / kUsPerSecond % 60);
    append_fraction(static_cast<int64_t>(left % kUsPerSecond), out_);
  }

 private:
  std::string* out_;
  bool empty_ = true;
  bool after_negative_ = false;
};

}  // namespace

void append_date(int64_t days, std::string* out) {
  if (is_infinite_date(days)) return append_infinity(days < 0, out);
  CivilDate date = civil_of_days(days);
  append_year_month_day(date, out);
  append_era(date, out);
}

void append_time(int64_t us, std::string* out) {
  print(out, "{:02}:{:02}:{:02}", us / kUsPerHour, us / kUsPerMinute % 60, us / kUsPerSecond % 60);
  append_fraction(us % kUsPerSecond, out);
}

void append_timetz(const TimeTz& value, std::string* out) {
  append_time(value.us, out);
  int32_t offset = std::abs(value.zone_s);
  print(out, "{}{:02}", value.zone_s <= 0 ? '+' : '-', offset / 3600);
  if (offset % 3600 != 0) print(out, ":{:02}", offset / 60 % 60);
  if (offset % 60 != 0) print(out, ":{:02}", offset % 60);
}

void append_timestamp(int64_t us, std::string* out) {
  append_timestamp(us, "", out);
}
void append_timestamptz(int64_t us, std::string* out) {
  append_timestamp(us, "+00", out);
}

void append_interval(const Interval& value, std::string* out) {
  IntervalPrinter printer(out);
  printer.unit(value.months / kMonthsPerYear, "year");
  printer.unit(value.months % kMonthsPerYear, "mon");
  printer.unit(value.days, "day");
  printer.time(value.us);
}

}  // namespace leat

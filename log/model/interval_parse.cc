#include <cmath>
#include <cstdlib>
#include <optional>

#include "log/model/datetime.h"
#include "log/model/interval_sum.h"
#include "log/model/text_scan.h"

namespace leat {

namespace {

using Problem = IntervalProblem;
using Unit = IntervalUnit;
using Number = IntervalNumber;

// [@] { number unit | [days] clock | years-months } [ago], and ISO 8601's P form.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(trim_space(text)) {}

  Problem scan(Interval* out) {
    if (take('@')) skip_spaces();
    if (rest_.empty()) return Problem::syntax;
    bool ok = ascii_lower(peek()) == 'p' ? iso_form() : fields();
    if (sum_.has_overflowed() || overflowed_) return Problem::range;
    if (!ok) return Problem::syntax;
    return sum_.finish(ago_, out);
  }

 private:
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool take(char c) {
    if (peek() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void skip_spaces() {
    while (is_space(peek())) rest_.remove_prefix(1);
  }

  std::string_view letters() {
    size_t size = 0;
    while (size < rest_.size() && is_letter(rest_[size])) ++size;
    std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }

  bool fields() {
    for (skip_spaces(); !rest_.empty(); skip_spaces()) {
      if (ago_) return false;
      bool ok = is_letter(peek()) ? word() : number_field();
      if (!ok) return false;
    }
    return any_;
  }

  bool word() {
    ago_ = equals_ignoring_case(letters(), "ago");
    return ago_ && any_;
  }

  bool number_field() {
    bool negative = peek() == '-';
    if (negative || peek() == '+') rest_.remove_prefix(1);
    skip_spaces();
    Number number;
    if (!unsigned_number(&number)) return false;
    any_ = true;
    if (peek() == ':' && number.fraction == 0) return clock(number.whole, negative) && at_gap();
    if (peek() == '-' && number.fraction == 0) {
      return years_months(number.whole, negative) && at_gap();
    }
    if (negative) number = {-number.whole, -number.fraction};
    skip_spaces();
    if (is_letter(peek())) return with_unit(number, letters()) && at_gap();
    return without_unit(number);
  }

  bool at_gap() const { return rest_.empty() || is_space(rest_.front()); }

  bool with_unit(Number number, std::string_view name) {
    auto unit = interval_unit_of(name);
    return unit && sum_.add(*unit, number);
  }

  // Before a clock: days. At the end: seconds.
  bool without_unit(Number number) {
    if (rest_.empty()) return sum_.add(Unit::second, number);
    size_t end = rest_.find_first_of(" \t\n");
    bool clock_follows = rest_.substr(0, end).find(':') != std::string_view::npos;
    return clock_follows && sum_.add(Unit::day, number);
  }

  bool unsigned_number(Number* out) {
    bool digits = integer(&out->whole);
    std::string fraction = "0";
    if (peek() == '.') {
      fraction.push_back('.');
      rest_.remove_prefix(1);
      while (is_digit(peek())) {
        fraction.push_back(peek());
        rest_.remove_prefix(1);
        digits = true;
      }
    }
    out->fraction = std::strtod(fraction.c_str(), nullptr);
    return digits;
  }

  bool integer(int64_t* out) {
    if (!is_digit(peek())) return false;
    for (; is_digit(peek()); rest_.remove_prefix(1)) {
      if (__builtin_mul_overflow(*out, int64_t{10}, out) ||
          __builtin_add_overflow(*out, int64_t{peek() - '0'}, out)) {
        overflowed_ = true;
        return false;
      }
    }
    return true;
  }

  // HH:MM, HH:MM:SS[.f], MM:SS.f
  bool clock(int64_t first, bool negative) {
    take(':');
    int64_t second = 0, third = 0;
    if (!integer(&second)) return false;
    bool hours_first = true;
    if (take(':')) {
      if (!integer(&third)) return false;
    } else if (peek() == '.') {
      hours_first = false;
    }
    Number fraction;
    if (peek() == '.' && !unsigned_number(&fraction)) return false;
    if (!hours_first) {
      third = second;
      second = first;
      first = 0;
    }
    if (sum_.is_taken(Unit::hour) || sum_.is_taken(Unit::minute) || sum_.is_taken(Unit::second)) {
      return false;
    }
    overflowed_ = second > 59 || third > 60;
    if (overflowed_) return false;
    auto fraction_us = static_cast<int64_t>(std::rint(fraction.fraction * 1e6));
    int64_t us;
    int64_t rest = second * kUsPerMinute + third * kUsPerSecond + fraction_us;
    overflowed_ =
        __builtin_mul_overflow(first, kUsPerHour, &us) || __builtin_add_overflow(us, rest, &us);
    if (overflowed_) return false;
    return sum_.add_time(negative ? -us : us);
  }

  bool years_months(int64_t years, bool negative) {
    take('-');
    int64_t months = 0;
    if (!integer(&months)) return false;
    if (months >= kMonthsPerYear) {
      overflowed_ = true;
      return false;
    }
    int sign = negative ? -1 : 1;
    return sum_.add(Unit::year, {sign * years, 0}) && sum_.add(Unit::month, {sign * months, 0});
  }

  // P1Y2M3W4DT5H6M7.8S
  bool iso_form() {
    rest_.remove_prefix(1);
    bool in_time = false;
    if (rest_.empty()) return false;
    while (!rest_.empty()) {
      if (take('T') || take('t')) {
        if (in_time) return false;
        in_time = true;
        continue;
      }
      bool negative = take('-');
      if (!negative) take('+');
      Number number;
      if (!unsigned_number(&number) || rest_.empty()) return false;
      if (negative) number = {-number.whole, -number.fraction};
      auto unit = iso_unit(ascii_upper(peek()), in_time);
      rest_.remove_prefix(1);
      if (!unit || !sum_.add(*unit, number)) return false;
      any_ = true;
    }
    return any_;
  }

  static std::optional<Unit> iso_unit(char letter, bool in_time) {
    switch (letter) {
      case 'Y':
        return in_time ? std::nullopt : std::optional(Unit::year);
      case 'M':
        return in_time ? Unit::minute : Unit::month;
      case 'W':
        return in_time ? std::nullopt : std::optional(Unit::week);
      case 'D':
        return in_time ? std::nullopt : std::optional(Unit::day);
      case 'H':
        return in_time ? std::optional(Unit::hour) : std::nullopt;
      case 'S':
        return in_time ? std::optional(Unit::second) : std::nullopt;
      default:
        return std::nullopt;
    }
  }

  std::string_view rest_;
  IntervalSum sum_;
  bool any_ = false;
  bool ago_ = false;
  bool overflowed_ = false;
};

}  // namespace

Result<Interval, ValueError> parse_interval(std::string_view text) {
  Interval out;
  switch (Scanner(text).scan(&out)) {
    case Problem::none:
      return out;
    case Problem::range:
      return ValueError{"interval field value out of range: \"" + std::string(text) + "\"",
                        "22015"};
    case Problem::syntax:
      break;
  }
  return invalid_text("interval", text, kInvalidDatetime);
}

}  // namespace leat

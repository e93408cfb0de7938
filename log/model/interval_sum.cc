#include "log/model/interval_sum.h"

#include <cmath>
#include <string>

#include "log/model/text_scan.h"

namespace leat {

namespace {

struct UnitName {
  std::string_view name;
  IntervalUnit unit;
};

// datetime.c's deltatktbl; a trailing s is tried without.
constexpr UnitName kUnitNames[] = {
    {"us", IntervalUnit::microsecond},
    {"usec", IntervalUnit::microsecond},
    {"microsecond", IntervalUnit::microsecond},
    {"usecond", IntervalUnit::microsecond},
    {"ms", IntervalUnit::millisecond},
    {"msec", IntervalUnit::millisecond},
    {"millisecond", IntervalUnit::millisecond},
    {"msecond", IntervalUnit::millisecond},
    {"s", IntervalUnit::second},
    {"sec", IntervalUnit::second},
    {"second", IntervalUnit::second},
    {"m", IntervalUnit::minute},
    {"min", IntervalUnit::minute},
    {"minute", IntervalUnit::minute},
    {"h", IntervalUnit::hour},
    {"hr", IntervalUnit::hour},
    {"hour", IntervalUnit::hour},
    {"d", IntervalUnit::day},
    {"day", IntervalUnit::day},
    {"w", IntervalUnit::week},
    {"week", IntervalUnit::week},
    {"mon", IntervalUnit::month},
    {"month", IntervalUnit::month},
    {"y", IntervalUnit::year},
    {"yr", IntervalUnit::year},
    {"year", IntervalUnit::year},
    {"dec", IntervalUnit::decade},
    {"decade", IntervalUnit::decade},
    {"c", IntervalUnit::century},
    {"cent", IntervalUnit::century},
    {"century", IntervalUnit::century},
    {"centurie", IntervalUnit::century},
    {"mil", IntervalUnit::millennium},
    {"millennium", IntervalUnit::millennium},
    {"millennia", IntervalUnit::millennium},
};

std::optional<IntervalUnit> find_unit(std::string_view lower) {
  for (const UnitName& entry : kUnitNames) {
    if (entry.name == lower) return entry.unit;
  }
  return std::nullopt;
}

bool fits32(int64_t value) {
  return value == static_cast<int32_t>(value);
}

bool add_product(int64_t* sum, int64_t value, int64_t scale) {
  int64_t product;
  return !__builtin_mul_overflow(value, scale, &product) &&
         !__builtin_add_overflow(*sum, product, sum);
}

}  // namespace

std::optional<IntervalUnit> interval_unit_of(std::string_view word) {
  std::string lower;
  for (char c : word) lower.push_back(ascii_lower(c));
  auto unit = find_unit(lower);
  if (unit || lower.size() < 2 || lower.back() != 's') return unit;
  lower.pop_back();
  return find_unit(lower);
}

bool IntervalSum::add(IntervalUnit unit, IntervalNumber value) {
  if (is_taken(unit)) return false;
  switch (unit) {
    case IntervalUnit::microsecond:
      return add_us(value, 1);
    case IntervalUnit::millisecond:
      return add_us(value, 1'000);
    case IntervalUnit::second:
      return add_us(value, kUsPerSecond);
    case IntervalUnit::minute:
      return add_us(value, kUsPerMinute);
    case IntervalUnit::hour:
      return add_us(value, kUsPerHour);
    case IntervalUnit::day:
      return add_days(value.whole, 1) && add_day_fraction(value.fraction);
    case IntervalUnit::week:
      return add_days(value.whole, 7) && add_day_fraction(value.fraction * 7);
    case IntervalUnit::month:
      return add_months(value.whole, 1) && add_day_fraction(value.fraction * kDaysPerMonth);
    case IntervalUnit::year:
      return add_years(value, 1);
    case IntervalUnit::decade:
      return add_years(value, 10);
    case IntervalUnit::century:
      return add_years(value, 100);
    case IntervalUnit::millennium:
      return add_years(value, 1000);
  }
  return false;
}

bool IntervalSum::add_time(int64_t us) {
  return !__builtin_add_overflow(us_, us, &us_) || overflow();
}

bool IntervalSum::is_taken(IntervalUnit unit) {
  auto bit = 1u << static_cast<unsigned>(unit);
  bool taken = (taken_ & bit) != 0;
  taken_ |= bit;
  return taken;
}

IntervalProblem IntervalSum::finish(bool negated, Interval* out) const {
  constexpr int128 kMin32 = INT32_MIN, kMax32 = INT32_MAX;
  int128 months = int128{years_} * kMonthsPerYear + months_;
  int128 days = days_;
  int128 us = us_;
  if (negated) {
    months = -months;
    days = -days;
    us = -us;
  }
  bool fits = months >= kMin32 && months <= kMax32 && days >= kMin32 && days <= kMax32 &&
              us == static_cast<int64_t>(us);
  if (!fits) return IntervalProblem::range;
  *out = {static_cast<int64_t>(us), static_cast<int32_t>(days), static_cast<int32_t>(months)};
  return IntervalProblem::none;
}

bool IntervalSum::overflow() {
  overflowed_ = true;
  return false;
}

bool IntervalSum::add_us(IntervalNumber value, int64_t scale) {
  auto fraction = static_cast<int64_t>(std::rint(value.fraction * static_cast<double>(scale)));
  return (add_product(&us_, value.whole, scale) && add_product(&us_, fraction, 1)) || overflow();
}

bool IntervalSum::add_days(int64_t value, int64_t scale) {
  return (add_product(&days_, value, scale) && fits32(days_)) || overflow();
}

bool IntervalSum::add_months(int64_t value, int64_t scale) {
  return (add_product(&months_, value, scale) && fits32(months_)) || overflow();
}

bool IntervalSum::add_years(IntervalNumber value, int64_t scale) {
  double months = std::rint(value.fraction * static_cast<double>(scale) * kMonthsPerYear);
  return (add_product(&years_, value.whole, scale) && fits32(years_) &&
          add_product(&months_, static_cast<int64_t>(months), 1) && fits32(months_)) ||
         overflow();
}

bool IntervalSum::add_day_fraction(double days) {
  double whole = std::trunc(days);
  double rest = (days - whole) * static_cast<double>(kUsPerDay);
  return (add_product(&days_, static_cast<int64_t>(whole), 1) && fits32(days_) &&
          add_product(&us_, static_cast<int64_t>(std::rint(rest)), 1)) ||
         overflow();
}

}  // namespace leat

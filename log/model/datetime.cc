#include "log/model/datetime.h"

namespace leat {

namespace {

// The calendar repeats every 400 years. Years are counted from March, so that the leap day is last.
constexpr int64_t kDaysPerEra = 146'097;
constexpr int64_t kDaysToEpoch = 730'425;  // from 0000-03-01 to 2000-01-01

int64_t floor_divide(int64_t a, int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

}  // namespace

CivilDate civil_of_days(int64_t days) {
  int64_t from_march = days + kDaysToEpoch;
  int64_t era = floor_divide(from_march, kDaysPerEra);
  int64_t day_of_era = from_march - era * kDaysPerEra;
  int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t shifted_month = (5 * day_of_year + 2) / 153;
  CivilDate out;
  out.day = static_cast<int32_t>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  out.month = static_cast<int32_t>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  out.year = static_cast<int32_t>(year_of_era + era * 400 + (out.month <= 2 ? 1 : 0));
  return out;
}

int64_t days_of_civil(const CivilDate& date) {
  int64_t year = int64_t{date.year} - (date.month <= 2 ? 1 : 0);
  int64_t era = floor_divide(year, 400);
  int64_t year_of_era = year - era * 400;
  int64_t shifted_month = date.month > 2 ? date.month - 3 : date.month + 9;
  int64_t day_of_year = (153 * shifted_month + 2) / 5 + date.day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * kDaysPerEra + day_of_era - kDaysToEpoch;
}

int32_t days_in_month(int32_t year, int32_t month) {
  constexpr int8_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

int weekday_of(int64_t days) {
  constexpr int64_t kSaturday = 5;  // 2000-01-01
  int64_t shifted = (days + kSaturday) % 7;
  return static_cast<int>(shifted < 0 ? shifted + 7 : shifted);
}

DayAndTime split_timestamp(int64_t us) {
  int64_t rest = us % kUsPerDay;
  return {floor_divide(us, kUsPerDay), rest < 0 ? rest + kUsPerDay : rest};
}

}  // namespace leat

#include "cdc/mysql/binlog/temporal.h"

#include <spdlog/fmt/fmt.h>

#include "cdc/mysql/binlog/packed_integer.h"
#include "log/base/bytes.h"
#include "log/model/datetime.h"

namespace leat::cdc::mysql {
namespace {

constexpr int64_t kUsPerSecond = 1'000'000;
constexpr int kPackedFractionBits = 24;

int64_t us_of_hms(int64_t hours, int64_t minutes, int64_t seconds) {
  return ((hours * 60 + minutes) * 60 + seconds) * kUsPerSecond;
}

// Six bits each of seconds and minutes, the rest hours.
int64_t us_of_hms_bits(int64_t bits) {
  return us_of_hms(bits >> 12, bits >> 6 & 63, bits & 63);
}

// A fraction of 0 to 3 bytes, two digits each.
int64_t us_of_fraction(int64_t fraction, size_t bytes) {
  constexpr int64_t kUs[] = {0, 10'000, 100, 1};
  return fraction * kUs[bytes];
}

DateFields date_of_bits(int64_t bits) {
  DateFields out;
  int64_t months = bits >> 5;
  out.year = static_cast<int32_t>(months / 13);
  out.month = static_cast<int32_t>(months % 13);
  out.day = static_cast<int32_t>(bits & 31);
  return out;
}

// Decimal digits YYYYMMDD.
DateFields date_of_digits(int64_t digits) {
  DateFields out;
  out.year = static_cast<int32_t>(digits / 10'000);
  out.month = static_cast<int32_t>(digits / 100 % 100);
  out.day = static_cast<int32_t>(digits % 100);
  return out;
}

// Decimal digits hhmmss.
int64_t us_of_digits(int64_t digits) {
  return us_of_hms(digits / 10'000, digits / 100 % 100, digits % 100);
}

void append_fraction(int64_t us, uint32_t digits, std::string* out) {
  if (digits == 0) return;
  std::string all = fmt::format("{:06}", us % kUsPerSecond);
  out->push_back('.');
  out->append(all, 0, digits);
}

}  // namespace

bool DateFields::is_real() const {
  return month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month);
}

DateFields decode_date(std::string_view bytes) {
  ByteReader in(bytes);
  auto bits = static_cast<int32_t>(read_le(in, 3));
  return {bits >> 9, bits >> 5 & 15, bits & 31};
}

Result<DateTimeFields> decode_datetime(std::string_view bytes) {
  constexpr int64_t kSign = 1LL << 39;
  size_t fraction_bytes = bytes.size() - 5;
  auto whole = static_cast<int64_t>(load_be_bytes(bytes.substr(0, 5))) - kSign;
  if (whole < 0) return Error::permanent("a negative DATETIME");
  auto fraction = static_cast<int64_t>(load_be_bytes(bytes.substr(5)));
  DateTimeFields out;
  out.date = date_of_bits(whole >> 17);
  out.us = us_of_hms_bits(whole & ((1 << 17) - 1)) + us_of_fraction(fraction, fraction_bytes);
  return out;
}

DateTimeFields decode_old_datetime(std::string_view bytes) {
  ByteReader in(bytes);
  auto digits = in.le<int64_t>();
  return {date_of_digits(digits / 1'000'000), us_of_digits(digits % 1'000'000)};
}

int64_t decode_time_us(std::string_view bytes) {
  size_t fraction_bytes = bytes.size() - 3;
  auto fraction_bits = static_cast<int>(fraction_bytes * 8);
  int64_t sign = 1LL << (23 + fraction_bits);
  int64_t value = static_cast<int64_t>(load_be_bytes(bytes)) - sign;
  int64_t magnitude = value < 0 ? -value : value;
  int64_t fraction = magnitude & ((1LL << fraction_bits) - 1);
  int64_t us =
      us_of_hms_bits(magnitude >> fraction_bits) + us_of_fraction(fraction, fraction_bytes);
  return value < 0 ? -us : us;
}

int64_t decode_old_time_us(std::string_view bytes) {
  ByteReader in(bytes);
  auto digits = static_cast<int64_t>(read_le(in, 3) << 40) >> 40;  // with its sign
  return digits < 0 ? -us_of_digits(-digits) : us_of_digits(digits);
}

int64_t decode_timestamp_us(std::string_view bytes) {
  auto seconds = static_cast<int64_t>(load_be_bytes(bytes.substr(0, 4)));
  auto fraction = static_cast<int64_t>(load_be_bytes(bytes.substr(4)));
  return seconds * kUsPerSecond + us_of_fraction(fraction, bytes.size() - 4);
}

int64_t decode_old_timestamp_us(std::string_view bytes) {
  ByteReader in(bytes);
  return static_cast<int64_t>(in.le<uint32_t>()) * kUsPerSecond;
}

DateTimeFields unpack_datetime(int64_t packed) {
  constexpr int64_t kFraction = (1 << kPackedFractionBits) - 1;
  int64_t whole = packed >> kPackedFractionBits;
  return {date_of_bits(whole >> 17),
          us_of_hms_bits(whole & ((1 << 17) - 1)) + (packed & kFraction)};
}

int64_t unpack_time_us(int64_t packed) {
  constexpr int64_t kFraction = (1 << kPackedFractionBits) - 1;
  int64_t magnitude = packed < 0 ? -packed : packed;
  int64_t us = us_of_hms_bits(magnitude >> kPackedFractionBits) + (magnitude & kFraction);
  return packed < 0 ? -us : us;
}

void append_mysql_date(const DateFields& date, std::string* out) {
  fmt::format_to(std::back_inserter(*out), "{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

void append_mysql_datetime(const DateTimeFields& time, uint32_t digits, std::string* out) {
  append_mysql_date(time.date, out);
  out->push_back(' ');
  append_mysql_time(time.us, digits, out);
}

void append_mysql_time(int64_t us, uint32_t digits, std::string* out) {
  if (us < 0) {
    out->push_back('-');
    us = -us;
  }
  int64_t seconds = us / kUsPerSecond;
  fmt::format_to(std::back_inserter(*out), "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60,
                 seconds % 60);
  append_fraction(us, digits, out);
}

}  // namespace leat::cdc::mysql

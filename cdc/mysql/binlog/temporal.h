// Dates and times as the binlog holds them.
//
// DATETIME and TIME are big-endian numbers that compare as the times do: a sign bit, the fields in
// bits, then the fraction in one byte for every two digits. A negative TIME is the negative of that
// whole number, so that its fraction borrows from the seconds.
// my_time_packed_from_binary, sql-common/my_time.cc of MySQL
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "log/base/status.h"

namespace leat::cdc::mysql {

// The fields as the server keeps them: any of them may be 0, and the day may be one that the month
// does not have (sql_mode without NO_ZERO_DATE, NO_ZERO_IN_DATE, with ALLOW_INVALID_DATES).
struct DateFields {
  int32_t year = 0;
  int32_t month = 0;
  int32_t day = 0;

  bool is_zero() const { return year == 0 && month == 0 && day == 0; }
  // A day of the calendar.
  bool is_real() const;
};

struct DateTimeFields {
  DateFields date;
  int64_t us = 0;  // into the day
};

DateFields decode_date(std::string_view bytes);                  // 3 bytes
Result<DateTimeFields> decode_datetime(std::string_view bytes);  // 5 to 8
DateTimeFields decode_old_datetime(std::string_view bytes);      // 8
int64_t decode_time_us(std::string_view bytes);                  // 3 to 6; may be negative
int64_t decode_old_time_us(std::string_view bytes);              // 3
// Microseconds since 1970, UTC. 0 is the zero date: no TIMESTAMP column holds that moment.
int64_t decode_timestamp_us(std::string_view bytes);      // 4 to 7
int64_t decode_old_timestamp_us(std::string_view bytes);  // 4

// What JSON holds: the same fields in a plain integer, always with six digits.
DateTimeFields unpack_datetime(int64_t packed);
int64_t unpack_time_us(int64_t packed);

// As the server prints them, with DIGITS of a fraction.
void append_mysql_date(const DateFields& date, std::string* out);
void append_mysql_datetime(const DateTimeFields& time, uint32_t digits, std::string* out);
void append_mysql_time(int64_t us, uint32_t digits, std::string* out);

}  // namespace leat::cdc::mysql

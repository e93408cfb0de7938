#include "cdc/mysql/binlog/json_scalar.h"

#include <spdlog/fmt/fmt.h>

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "cdc/mysql/binlog/column_metadata.h"
#include "cdc/mysql/binlog/decimal.h"
#include "cdc/mysql/binlog/temporal.h"
#include "log/base/bytes.h"

namespace leat::cdc::mysql {
namespace {

Error damaged() {
  return Error::permanent("a damaged JSON value");
}

struct Digits {
  std::string digits;  // without a point
  int point;           // how many of them stand before it; may be negative
};

// Of a positive number.
Digits shortest_digits(double value) {
  char buffer[32];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  std::string text(buffer, end.ptr);
  size_t e = text.find('e');
  Digits out{text.substr(0, e), std::atoi(text.c_str() + e + 1) + 1};
  if (out.digits.size() > 1) out.digits.erase(1, 1);
  return out;
}

void append_fixed(const Digits& number, std::string* out) {
  auto count = static_cast<int>(number.digits.size());
  if (number.point <= 0) {
    out->append("0.").append(static_cast<size_t>(-number.point), '0').append(number.digits);
  } else if (number.point >= count) {
    out->append(number.digits).append(static_cast<size_t>(number.point - count), '0').append(".0");
  } else {
    auto point = static_cast<size_t>(number.point);
    out->append(number.digits, 0, point).append(".").append(number.digits, point);
  }
}

void append_exponential(const Digits& number, std::string* out) {
  out->push_back(number.digits[0]);
  if (number.digits.size() > 1) out->append(".").append(number.digits, 1);
  fmt::format_to(std::back_inserter(*out), "e{}", number.point - 1);
}

Status append_decimal(std::string_view bytes, std::string* out) {
  if (bytes.size() < 2) return damaged();
  auto precision = static_cast<uint8_t>(bytes[0]);
  auto scale = static_cast<uint8_t>(bytes[1]);
  bytes.remove_prefix(2);
  if (precision < 1 || precision > 81 || scale > precision ||
      bytes.size() != decimal_bytes(precision, scale)) {
    return damaged();
  }
  LEAT_ASSIGN_OR_RETURN(Numeric value, decode_decimal(bytes, precision, scale));
  append_numeric_text(value, out);
  return Ok();
}

Status append_temporal(ColumnType type, std::string_view bytes, std::string* out) {
  constexpr uint32_t kDigits = 6;
  ByteReader in(bytes);
  auto packed = in.le<int64_t>();
  if (!in.done()) return damaged();
  out->push_back('"');
  if (type == ColumnType::time_old) {
    append_mysql_time(unpack_time_us(packed), kDigits, out);
  } else if (type == ColumnType::date) {
    append_mysql_date(unpack_datetime(packed).date, out);
  } else {
    append_mysql_datetime(unpack_datetime(packed), kDigits, out);
  }
  out->push_back('"');
  return Ok();
}

// In lines of 76 characters, as the server makes it; the line ends stand as \n in the string.
void append_base64(std::string_view bytes, std::string* out) {
  constexpr size_t kBytesPerLine = 57;
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t at = 0; at < bytes.size(); at += 3) {
    if (at != 0 && at % kBytesPerLine == 0) out->append("\\n");
    size_t size = std::min<size_t>(3, bytes.size() - at);
    uint32_t group = 0;
    for (size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < size ? static_cast<uint8_t>(bytes[at + i]) : 0);
    }
    for (size_t i = 0; i < 4; ++i) {
      out->push_back(i <= size ? kAlphabet[group >> (18 - 6 * i) & 63] : '=');
    }
  }
}

}  // namespace

void append_json_double(double value, std::string* out) {
  constexpr int kFixedDigits = 15;
  if (std::signbit(value)) out->push_back('-');
  if (value == 0) {
    out->append("0.0");
    return;
  }
  Digits number = shortest_digits(std::abs(value));
  bool fixed = number.point > -kFixedDigits && number.point <= kFixedDigits;
  fixed ? append_fixed(number, out) : append_exponential(number, out);
}

Status append_json_opaque(ColumnType type, std::string_view bytes, std::string* out) {
  switch (type) {
    case ColumnType::decimal:
      return append_decimal(bytes, out);
    case ColumnType::date:
    case ColumnType::time_old:
    case ColumnType::datetime_old:
    case ColumnType::timestamp_old:
      return append_temporal(type, bytes, out);
    default:
      fmt::format_to(std::back_inserter(*out), "\"base64:type{}:", static_cast<int>(type));
      append_base64(bytes, out);
      out->push_back('"');
      return Ok();
  }
}

}  // namespace leat::cdc::mysql

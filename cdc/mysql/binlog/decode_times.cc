// DATE, DATETIME, TIMESTAMP and TIME.
#include "cdc/mysql/binlog/decoder_of.h"
#include "cdc/mysql/binlog/temporal.h"
#include "log/model/datetime.h"
#include "log/model/interval.h"

namespace leat::cdc::mysql {
namespace {

constexpr const char* kWhatNow =
    " is no day of the calendar (it was written with ALLOW_INVALID_DATES, or without "
    "NO_ZERO_IN_DATE): correct the row, or have the column read as text (dates_as_text)";

Error not_in_calendar(const DateFields& date) {
  std::string text;
  append_mysql_date(date, &text);
  return Error::permanent(text + kWhatNow);
}

int64_t days_of(const DateFields& date) {
  return days_of_civil({date.year, date.month, date.day});
}

}  // namespace

Result<Datum> date_value(const DateFields& date) {
  if (date.is_zero()) return Datum::of_int(kDateMinusInfinity);
  if (!date.is_real()) return not_in_calendar(date);
  return Datum::of_int(days_of(date));
}

Result<Datum> timestamp_value(const DateTimeFields& time) {
  if (time.date.is_zero()) return Datum::of_int(kTimestampMinusInfinity);
  if (!time.date.is_real()) return not_in_calendar(time.date);
  return Datum::of_int(days_of(time.date) * kUsPerDay + time.us);
}

namespace {

// Of microseconds since 1970; 0 is the zero date.
Result<Datum> instant_value(int64_t unix_us) {
  return Datum::of_int(unix_us == 0 ? kTimestampMinusInfinity : unix_us - kEpochUs);
}

Datum instant_text(int64_t unix_us, uint32_t digits, Arena& arena) {
  DateTimeFields fields;
  if (unix_us != 0) {
    DayAndTime split = split_timestamp(unix_us - kEpochUs);
    CivilDate civil = civil_of_days(split.days);
    fields = {{civil.year, civil.month, civil.day}, split.us};
  }
  std::string text;
  append_mysql_datetime(fields, digits, &text);
  return in_arena(text, arena);
}

ValueDecoderPtr date_decoder(bool as_text) {
  if (!as_text) {
    return decoder_of({TypeId::date}, [](std::string_view bytes, Arena&) {
      return date_value(decode_date(bytes));
    });
  }
  return decoder_of({TypeId::text}, [](std::string_view bytes, Arena& arena) -> Result<Datum> {
    std::string text;
    append_mysql_date(decode_date(bytes), &text);
    return in_arena(text, arena);
  });
}

// DECODE: Result<DateTimeFields>(std::string_view).
template <class Decode>
ValueDecoderPtr datetime_decoder(uint32_t digits, bool as_text, Decode decode) {
  if (!as_text) {
    return decoder_of({TypeId::timestamp}, [=](std::string_view bytes, Arena&) -> Result<Datum> {
      LEAT_ASSIGN_OR_RETURN(DateTimeFields fields, decode(bytes));
      return timestamp_value(fields);
    });
  }
  return decoder_of({TypeId::text}, [=](std::string_view bytes, Arena& arena) -> Result<Datum> {
    LEAT_ASSIGN_OR_RETURN(DateTimeFields fields, decode(bytes));
    std::string text;
    append_mysql_datetime(fields, digits, &text);
    return in_arena(text, arena);
  });
}

// DECODE: int64_t(std::string_view), microseconds since 1970.
template <class Decode>
ValueDecoderPtr timestamp_decoder(uint32_t digits, bool as_text, Decode decode) {
  if (!as_text) {
    return decoder_of({TypeId::timestamptz},
                      [=](std::string_view bytes, Arena&) { return instant_value(decode(bytes)); });
  }
  return decoder_of({TypeId::text}, [=](std::string_view bytes, Arena& arena) -> Result<Datum> {
    return instant_text(decode(bytes), digits, arena);
  });
}

template <class Decode>
ValueDecoderPtr time_decoder(Decode decode) {
  return decoder_of({TypeId::interval}, [=](std::string_view bytes, Arena& arena) -> Result<Datum> {
    return to_datum(Interval{decode(bytes)}, arena);
  });
}

Result<DateTimeFields> old_datetime(std::string_view bytes) {
  return decode_old_datetime(bytes);
}

}  // namespace

ValueDecoderPtr temporal_decoder(const TableColumn& column, bool dates_as_text) {
  switch (column.type) {
    case ColumnType::date:
      return date_decoder(dates_as_text);
    case ColumnType::datetime:
      return datetime_decoder(column.size, dates_as_text, decode_datetime);
    case ColumnType::datetime_old:
      return datetime_decoder(0, dates_as_text, old_datetime);
    case ColumnType::timestamp:
      return timestamp_decoder(column.size, dates_as_text, decode_timestamp_us);
    case ColumnType::timestamp_old:
      return timestamp_decoder(0, dates_as_text, decode_old_timestamp_us);
    case ColumnType::time:
      return time_decoder(decode_time_us);
    case ColumnType::time_old:
      return time_decoder(decode_old_time_us);
    default:
      return nullptr;
  }
}

}  // namespace leat::cdc::mysql

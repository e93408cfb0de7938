// Parts of dates and times by name: what extract, date_part and date_trunc give (timestamp.c,
// date.c).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "log/base/status.h"
#include "log/model/interval.h"
#include "log/model/numeric.h"
#include "log/model/type.h"
#include "log/model/value_error.h"

namespace leat {

enum class TimeField : uint8_t {
  microsecond,
  millisecond,
  second,
  minute,
  hour,
  day,
  week,
  month,
  quarter,
  year,
  decade,
  century,
  millennium,
  epoch,
  julian,
  isoyear,
  dow,
  isodow,
  doy,
  timezone,
  timezone_hour,
  timezone_minute,
};

// `unit "x" not recognized for type TYPE` (22023).
Result<TimeField, ValueError> time_field_of(std::string_view name, TypeId type);

// A field's value: none where the server gives NULL (the day of infinity).
struct FieldValue {
  Numeric exact;       // extract
  double approximate;  // date_part
};
using FieldResult = Result<std::optional<FieldValue>, ValueError>;

// `unit "x" not supported for type TYPE` (0A000) where the type has no such field.
FieldResult field_of_date(TimeField field, std::string_view name, int64_t days);
FieldResult field_of_time(TimeField field, std::string_view name, int64_t us);
FieldResult field_of_timetz(TimeField field, std::string_view name, const TimeTz& value);
FieldResult field_of_timestamp(TimeField field, std::string_view name, TypeId type, int64_t us);
FieldResult field_of_interval(TimeField field, std::string_view name, const Interval& value);

// Everything below the field is set to its first value.
Result<int64_t, ValueError> truncate_timestamp(TimeField field, std::string_view name, TypeId type,
                                               int64_t us);
Result<Interval, ValueError> truncate_interval(TimeField field, std::string_view name,
                                               const Interval& value);

}  // namespace leat

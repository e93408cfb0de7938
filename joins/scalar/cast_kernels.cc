// The conversions between types.
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "joins/scalar/coercion.h"
#include "log/model/datetime.h"
#include "log/model/datetime_arithmetic.h"
#include "log/model/float_text.h"
#include "log/model/text_format.h"

namespace leat::joins {

namespace {

using Arguments = std::span<const Datum>;

constexpr bool is_int(TypeId id) {
  return id == TypeId::int16 || id == TypeId::int32 || id == TypeId::int64;
}
constexpr bool is_float(TypeId id) {
  return id == TypeId::float32 || id == TypeId::float64;
}
constexpr bool is_string(TypeId id) {
  return id == TypeId::text || id == TypeId::bpchar;
}
constexpr bool is_stamp(TypeId id) {
  return id == TypeId::timestamp || id == TypeId::timestamptz;
}

ScalarResult itself(Arguments in, Arena&) {
  return in[0];
}

constexpr int64_t int_min(TypeId id) {
  return id == TypeId::int16 ? INT16_MIN : id == TypeId::int32 ? INT32_MIN : INT64_MIN;
}
constexpr int64_t int_max(TypeId id) {
  return id == TypeId::int16 ? INT16_MAX : id == TypeId::int32 ? INT32_MAX : INT64_MAX;
}

RowError int_out_of_range(TypeId to) {
  return fail(std::string(type_name(to)) + " out of range", kNumericOutOfRange);
}

// --- Numbers -----------------------------------------------------------------------------------

template <TypeId to>
ScalarResult int_to_int(Arguments in, Arena&) {
  int64_t value = in[0].integer();
  if (value < int_min(to) || value > int_max(to)) return int_out_of_range(to);
  return in[0];
}

ScalarResult int_to_float32(Arguments in, Arena&) {
  return Datum::of_float(static_cast<float>(in[0].integer()));
}
ScalarResult int_to_float64(Arguments in, Arena&) {
  return Datum::of_float(static_cast<double>(in[0].integer()));
}
ScalarResult int_to_numeric(Arguments in, Arena& arena) {
  return Numeric::of_int(in[0].integer()).to_datum(arena);
}

template <TypeId to>
ScalarResult float_to_int(Arguments in, Arena&) {
  double value = std::rint(in[0].floating());
  // -int_min is a power of two, which a double has exactly; int64's maximum is not.
  double end = -static_cast<double>(int_min(to));
  if (!(value >= -end && value < end)) return int_out_of_range(to);
  return Datum::of_int(static_cast<int64_t>(value));
}

ScalarResult narrow_float(Arguments in, Arena&) {
  double wide = in[0].floating();
  auto narrow = static_cast<float>(wide);
  if (std::isinf(narrow) && !std::isinf(wide)) {
    return fail("value out of range: overflow", kNumericOutOfRange);
  }
  if (narrow == 0 && wide != 0) return fail("value out of range: underflow", kNumericOutOfRange);
  return Datum::of_float(narrow);
}

ScalarResult float32_to_numeric(Arguments in, Arena& arena) {
  return numeric_of_float(static_cast<float>(in[0].floating())).to_datum(arena);
}
ScalarResult float64_to_numeric(Arguments in, Arena& arena) {
  return numeric_of_double(in[0].floating()).to_datum(arena);
}

template <TypeId to>
ScalarResult numeric_to_integer(Arguments in, Arena&) {
  return to_scalar(numeric_to_int(numeric_of(in[0]), int_min(to), int_max(to), type_name(to)));
}

// By its text, whose reading says what is out of range.
template <TypeId to>
ScalarResult numeric_to_float(Arguments in, Arena& arena) {
  std::string text;
  append_numeric_text(numeric_of(in[0]), &text);
  auto value = parse_value(to, text, arena);
  if (!value.ok()) return to_row_error(value.error());
  return *value;
}

ScalarResult int_to_bool(Arguments in, Arena&) {
  return Datum::of_bool(in[0].integer() != 0);
}
ScalarResult bool_to_int(Arguments in, Arena&) {
  return Datum::of_int(in[0].boolean() ? 1 : 0);
}

template <TypeId to>
Kernel number_kernel(TypeId from) {
  if constexpr (is_int(to)) {
    if (is_int(from)) return int_to_int<to>;
    if (is_float(from)) return float_to_int<to>;
    if (from == TypeId::numeric) return numeric_to_integer<to>;
    if (from == TypeId::boolean && to == TypeId::int32) return bool_to_int;
  } else {
    if (from == TypeId::numeric) return numeric_to_float<to>;
    if (is_int(from)) return to == TypeId::float32 ? int_to_float32 : int_to_float64;
    if (is_float(from)) return to == TypeId::float32 ? narrow_float : itself;
  }
  return nullptr;
}

Kernel numeric_kernel(TypeId from) {
  if (is_int(from)) return int_to_numeric;
  if (from == TypeId::float32) return float32_to_numeric;
  return from == TypeId::float64 ? float64_to_numeric : nullptr;
}

// --- Dates and times
// ------------------------------------------------------------------------------

ScalarResult date_to_stamp(Arguments in, Arena&) {
  return to_scalar(timestamp_of_date(in[0].integer()));
}
ScalarResult stamp_to_date(Arguments in, Arena&) {
  return Datum::of_int(date_of_timestamp(in[0].integer()));
}
ScalarResult stamp_to_time(Arguments in, Arena&) {
  if (is_infinite_timestamp(in[0].integer())) return Datum::null();
  return Datum::of_int(split_timestamp(in[0].integer()).us);
}
ScalarResult stamp_to_timetz(Arguments in, Arena& arena) {
  if (is_infinite_timestamp(in[0].integer())) return Datum::null();
  return to_datum(TimeTz{split_timestamp(in[0].integer()).us, 0}, arena);
}
ScalarResult time_to_timetz(Arguments in, Arena& arena) {
  return to_datum(TimeTz{in[0].integer(), 0}, arena);
}
ScalarResult timetz_to_time(Arguments in, Arena&) {
  return Datum::of_int(decode_timetz(in[0].bytes()).us);
}
ScalarResult time_to_interval(Arguments in, Arena& arena) {
  return to_datum(Interval{in[0].integer(), 0, 0}, arena);
}
ScalarResult interval_to_time(Arguments in, Arena&) {
  return Datum::of_int(add_to_time(0, decode_interval(in[0].bytes()).us));
}

Kernel datetime_kernel(TypeId from, TypeId to) {
  if (is_stamp(to)) return from == TypeId::date ? date_to_stamp : is_stamp(from) ? itself : nullptr;
  if (to == TypeId::date) return is_stamp(from) ? stamp_to_date : nullptr;
  if (to == TypeId::interval) return from == TypeId::time ? time_to_interval : nullptr;
  if (to == TypeId::timetz) {
    return from == TypeId::time ? time_to_timetz : is_stamp(from) ? stamp_to_timetz : nullptr;
  }
  if (to != TypeId::time) return nullptr;
  if (is_stamp(from)) return stamp_to_time;
  if (from == TypeId::timetz) return timetz_to_time;
  return from == TypeId::interval ? interval_to_time : nullptr;
}

// --- Through text
// ---------------------------------------------------------------------------------

template <TypeId from>
ScalarResult to_text(Arguments in, Arena& arena) {
  std::string out;
  if constexpr (from == TypeId::boolean) {
    out = in[0].boolean() ? "true" : "false";
  } else {
    append_text(from, in[0], &out);
  }
  return text_of(out, arena);
}

template <TypeId to>
ScalarResult of_text(Arguments in, Arena& arena) {
  auto value = parse_value(to, in[0].bytes(), arena);
  if (!value.ok()) return to_row_error(value.error());
  return *value;
}

// The blanks at the end of a char(n) do not count.
ScalarResult bpchar_to_text(Arguments in, Arena&) {
  std::string_view text = in[0].bytes();
  return Datum::of_bytes(text.substr(0, text.find_last_not_of(' ') + 1));
}

constexpr size_t kTypeCount = static_cast<size_t>(TypeId::jsonb);
using KernelTable = std::array<Kernel, kTypeCount>;

template <size_t... i>
constexpr KernelTable to_text_kernels(std::index_sequence<i...>) {
  return {to_text<static_cast<TypeId>(i + 1)>...};
}
template <size_t... i>
constexpr KernelTable of_text_kernels(std::index_sequence<i...>) {
  return {of_text<static_cast<TypeId>(i + 1)>...};
}

constexpr KernelTable kToText = to_text_kernels(std::make_index_sequence<kTypeCount>());
constexpr KernelTable kOfText = of_text_kernels(std::make_index_sequence<kTypeCount>());

size_t index_of(TypeId type) {
  return static_cast<size_t>(type) - 1;
}

Kernel direct_kernel(TypeId from, TypeId to) {
  switch (to) {
    case TypeId::int16:
      return number_kernel<TypeId::int16>(from);
    case TypeId::int32:
      return number_kernel<TypeId::int32>(from);
    case TypeId::int64:
      return number_kernel<TypeId::int64>(from);
    case TypeId::float32:
      return number_kernel<TypeId::float32>(from);
    case TypeId::float64:
      return number_kernel<TypeId::float64>(from);
    case TypeId::numeric:
      return numeric_kernel(from);
    case TypeId::boolean:
      return from == TypeId::int32 ? int_to_bool : nullptr;
    case TypeId::json:
      return from == TypeId::jsonb ? itself : nullptr;
    case TypeId::jsonb:
      return from == TypeId::json ? of_text<TypeId::jsonb> : nullptr;
    default:
      return datetime_kernel(from, to);
  }
}

}  // namespace

Kernel cast_kernel(TypeId from, TypeId to) {
  if (from == to) return itself;
  if (is_string(to)) {
    if (from == TypeId::bpchar) return bpchar_to_text;
    return from == TypeId::text ? itself : kToText[index_of(from)];
  }
  if (is_string(from)) return kOfText[index_of(to)];
  return direct_kernel(from, to);
}

}  // namespace leat::joins

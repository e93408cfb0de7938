// extract, date_part, date_trunc.
#include "joins/scalar/catalog.h"
#include "log/model/datetime.h"
#include "log/model/datetime_arithmetic.h"
#include "log/model/datetime_fields.h"

namespace leat::joins {

namespace {

using Arguments = std::span<const Datum>;

template <TypeId type>
FieldResult field_of(std::string_view name, const Datum& value) {
  auto field = time_field_of(name, type);
  if (!field.ok()) return field.error();
  if constexpr (type == TypeId::date) {
    return field_of_date(*field, name, value.integer());
  } else if constexpr (type == TypeId::time) {
    return field_of_time(*field, name, value.integer());
  } else if constexpr (type == TypeId::timetz) {
    return field_of_timetz(*field, name, decode_timetz(value.bytes()));
  } else if constexpr (type == TypeId::interval) {
    return field_of_interval(*field, name, decode_interval(value.bytes()));
  } else {
    return field_of_timestamp(*field, name, type, value.integer());
  }
}

template <TypeId type>
ScalarResult extract(Arguments in, Arena& arena) {
  auto value = field_of<type>(in[0].bytes(), in[1]);
  if (!value.ok()) return to_row_error(value.error());
  return value->has_value() ? (*value)->exact.to_datum(arena) : Datum::null();
}

template <TypeId type>
ScalarResult date_part(Arguments in, Arena&) {
  auto value = field_of<type>(in[0].bytes(), in[1]);
  if (!value.ok()) return to_row_error(value.error());
  return value->has_value() ? Datum::of_float((*value)->approximate) : Datum::null();
}

// date_part(text, date) is date_part of the timestamp at midnight.
ScalarResult date_part_of_date(Arguments in, Arena& arena) {
  auto stamp = timestamp_of_date(in[1].integer());
  if (!stamp.ok()) return to_row_error(stamp.error());
  const Datum arguments[] = {in[0], Datum::of_int(*stamp)};
  return date_part<TypeId::timestamp>(std::span(arguments), arena);
}

template <TypeId type>
ScalarResult date_trunc(Arguments in, Arena&) {
  // The server does not look at the unit then.
  if (is_infinite_timestamp(in[1].integer())) return in[1];
  auto field = time_field_of(in[0].bytes(), type);
  if (!field.ok()) return to_row_error(field.error());
  return to_scalar(truncate_timestamp(*field, in[0].bytes(), type, in[1].integer()));
}

ScalarResult date_trunc_interval(Arguments in, Arena& arena) {
  auto field = time_field_of(in[0].bytes(), TypeId::interval);
  if (!field.ok()) return to_row_error(field.error());
  auto value = truncate_interval(*field, in[0].bytes(), decode_interval(in[1].bytes()));
  if (!value.ok()) return to_row_error(value.error());
  return to_datum(*value, arena);
}

ScalarResult is_finite_date(Arguments in, Arena&) {
  return Datum::of_bool(!is_infinite_date(in[0].integer()));
}
ScalarResult is_finite_timestamp(Arguments in, Arena&) {
  return Datum::of_bool(!is_infinite_timestamp(in[0].integer()));
}

template <TypeId type>
void add_fields(Catalog& functions) {
  functions.add("extract", {TypeId::text, type}, TypeId::numeric, extract<type>);
  if constexpr (type != TypeId::date) {
    functions.add("date_part", {TypeId::text, type}, TypeId::float64, date_part<type>);
  }
}

ScalarResult is_finite_interval(Arguments, Arena&) {
  return Datum::of_bool(true);
}

// Known to PostgreSQL, not to Leat.
void add_refused(Catalog& functions) {
  functions.add("date_trunc", {TypeId::text, TypeId::timestamptz, TypeId::text},
                TypeId::timestamptz, nullptr);
  for (TypeId type : {TypeId::interval, TypeId::timestamptz, TypeId::timestamp, TypeId::numeric,
                      TypeId::int32, TypeId::int64, TypeId::float32, TypeId::float64}) {
    functions.add("to_char", {type, TypeId::text}, TypeId::text, nullptr);
  }
  for (TypeId type : {TypeId::timestamp, TypeId::timestamptz}) {
    functions.add("age", {type, type}, TypeId::interval, nullptr);
  }
}

}  // namespace

void add_datetime_functions(Catalog& functions) {
  add_fields<TypeId::date>(functions);
  add_fields<TypeId::time>(functions);
  add_fields<TypeId::timetz>(functions);
  add_fields<TypeId::timestamp>(functions);
  add_fields<TypeId::timestamptz>(functions);
  add_fields<TypeId::interval>(functions);
  functions.add("date_part", {TypeId::text, TypeId::date}, TypeId::float64, date_part_of_date);
  for (TypeId type : {TypeId::timestamp, TypeId::timestamptz}) {
    bool zoned = type == TypeId::timestamptz;
    functions.add("date_trunc", {TypeId::text, type}, type,
                  zoned ? date_trunc<TypeId::timestamptz> : date_trunc<TypeId::timestamp>);
    functions.add("isfinite", {type}, TypeId::boolean, is_finite_timestamp);
  }
  functions.add("date_trunc", {TypeId::text, TypeId::interval}, TypeId::interval,
                date_trunc_interval);
  functions.add("isfinite", {TypeId::date}, TypeId::boolean, is_finite_date);
  functions.add("isfinite", {TypeId::interval}, TypeId::boolean, is_finite_interval);
  add_refused(functions);
}

}  // namespace leat::joins

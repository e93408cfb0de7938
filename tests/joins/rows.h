// Rows written down by hand, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "joins/plan.h"
#include "log/base/arena.h"
#include "log/base/check.h"
#include "log/model/numeric.h"
#include "log/model/row.h"

namespace leat::joins {

// NULL, a number, or a text (for numeric: its digits).
using Value = std::variant<std::nullptr_t, int64_t, double, std::string>;
using Values = std::vector<Value>;

inline Value number(int64_t value) {
  return value;
}

inline Datum to_datum(Type type, const Value& value, Arena& arena) {
  if (const auto* integer = std::get_if<int64_t>(&value)) return Datum::of_int(*integer);
  if (const auto* floating = std::get_if<double>(&value)) return Datum::of_float(*floating);
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return Datum::null();
  if (type.id == TypeId::numeric) return parse_numeric(*text).value().to_datum(arena);
  return Datum::of_bytes(arena.copy(*text));
}

inline std::string make_row(const RowType& type, const Values& values) {
  LEAT_CHECK(type.size() == values.size());
  Arena arena;
  std::vector<Datum> datums;
  for (size_t i = 0; i < values.size(); ++i) datums.push_back(to_datum(type[i], values[i], arena));
  std::string out;
  append_row(type, datums, &out);
  return out;
}

inline Value to_value(Type type, const Datum& datum) {
  if (datum.is_null()) return nullptr;
  if (type.id == TypeId::numeric) {
    std::string out;
    append_numeric_text(Numeric::of_encoded(datum.bytes()), &out);
    return out;
  }
  switch (datum_kind(type.id)) {
    case DatumKind::boolean:
    case DatumKind::integer:
      return datum.integer();
    case DatumKind::floating:
      return datum.floating();
    case DatumKind::bytes:
      return std::string(datum.bytes());
  }
  return nullptr;
}

inline std::vector<Datum> read_row(const RowType& type, std::string_view row) {
  std::vector<Datum> out(type.size());
  LEAT_CHECK(decode_row(type, row, out).ok());
  return out;
}

inline Values row_values(const RowType& type, std::string_view row) {
  const auto datums = read_row(type, row);
  Values out;
  for (size_t i = 0; i < type.size(); ++i) out.push_back(to_value(type[i], datums[i]));
  return out;
}

inline PlanPtr make_plan(RowType type, std::vector<int> unique_key,
                         std::variant<Input, Filter, Map, Join, Aggregate> node) {
  auto plan = std::make_unique<Plan>();
  plan->row_type = std::move(type);
  plan->unique_key = std::move(unique_key);
  plan->node = std::move(node);
  return plan;
}

}  // namespace leat::joins

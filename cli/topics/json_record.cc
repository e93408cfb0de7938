#include "cli/topics/json_record.h"

#include <algorithm>
#include <array>
#include <optional>

#include "cli/text/base64.h"
#include "cli/text/nearest.h"
#include "log/model/key.h"
#include "log/model/row.h"
#include "log/model/text_format.h"
#include "log/model/utf8.h"

namespace leat::cli {
namespace {

constexpr size_t kShownBytesMax = 40;  // of a value in a message

// TYPE's values in JSON, for whoever wrote something else.
const char* example_of(TypeId type) {
  switch (type) {
    case TypeId::boolean:
      return "true or false";
    case TypeId::int16:
    case TypeId::int32:
    case TypeId::int64:
      return "a whole number such as 42";
    case TypeId::float32:
    case TypeId::float64:
      return "a number such as 1.5, or \"NaN\", \"Infinity\" or \"-Infinity\"";
    case TypeId::numeric:
      return "a number such as 12.50, or a string of one";
    case TypeId::text:
    case TypeId::bpchar:
      return "a string such as \"abc\"";
    case TypeId::bytea:
      return "a string of base64 such as \"AQID\"";
    case TypeId::uuid:
      return "a string such as \"6f1c2d3e-0000-4000-8000-000000000001\"";
    case TypeId::date:
      return "a string such as \"2026-11-22\"";
    case TypeId::time:
      return "a string such as \"12:30:00\"";
    case TypeId::timetz:
      return "a string such as \"12:30:00+00\"";
    case TypeId::timestamp:
      return "a string such as \"2026-11-22 12:30:00\"";
    case TypeId::timestamptz:
      return "a string such as \"2026-11-22 12:30:00+00\"";
    case TypeId::interval:
      return "a string such as \"1 day 02:00:00\"";
    case TypeId::json:
    case TypeId::jsonb:
      return "JSON, or a string that holds it";
  }
  return "a value of its type";
}

std::string shown(std::string_view value) {
  if (value.size() <= kShownBytesMax) return std::string(value);
  size_t end = kShownBytesMax;
  while ((value[end] & 0xC0) == 0x80) --end;  // between two characters
  return std::string(value.substr(0, end)) + "…";
}

Error wrong(const Column& column, const std::string& what) {
  return Error::permanent("column " + column.name + " (" + type_name(column.type.id) + ") " + what +
                          "; write " + example_of(column.type.id));
}

bool names_no_finite_float(std::string_view text) {
  constexpr std::array<std::string_view, 3> kNames = {"NaN", "Infinity", "-Infinity"};
  return std::find(kNames.begin(), kNames.end(), text) != kNames.end();
}

// Whether a value of TYPE may be written as VALUE's kind of JSON.
bool may_be(TypeId type, const JsonValue& value) {
  switch (type) {
    case TypeId::boolean:
      return value.kind == JsonKind::boolean;
    case TypeId::int16:
    case TypeId::int32:
    case TypeId::int64:
      return value.kind == JsonKind::number;
    case TypeId::float32:
    case TypeId::float64:
    case TypeId::numeric:
      return value.kind == JsonKind::number || value.kind == JsonKind::string;
    case TypeId::json:
    case TypeId::jsonb:
      return true;
    default:
      return value.kind == JsonKind::string;
  }
}

// The text that the type's parser reads; none where it cannot be one.
std::optional<std::string> text_of(TypeId type, const JsonValue& value) {
  if (!may_be(type, value)) return std::nullopt;
  if (value.kind != JsonKind::string) return std::string(value.text);
  auto text = json_string(value);
  if (!text.ok()) return std::nullopt;
  bool is_float = type == TypeId::float32 || type == TypeId::float64;
  if (is_float && !names_no_finite_float(*text)) return std::nullopt;
  return std::move(*text);
}

Result<Datum> datum_of(const Column& column, const JsonValue& value, Arena& arena) {
  if (value.kind == JsonKind::null) {
    if (column.nullable) return Datum::null();
    return wrong(column, "must not be null");
  }
  auto text = text_of(column.type.id, value);
  if (!text) return wrong(column, "cannot be " + shown(value.text));
  if (column.type.id == TypeId::bytea) {
    auto bytes = base64_bytes(*text);
    if (!bytes) return wrong(column, "cannot be " + shown(value.text));
    return Datum::of_bytes(arena.copy(*bytes));
  }
  auto parsed = parse_value(column.type.id, arena.copy(*text), arena);
  if (!parsed.ok())
    return wrong(column, "cannot be " + shown(value.text) + ": " + parsed.error().message);
  return *parsed;
}

}  // namespace

JsonRecordReader::JsonRecordReader(const Schema& schema)
    : schema_(schema), type_(schema.row_type()) {}

Status JsonRecordReader::read(std::string_view line) {
  arena_.clear();
  row_.clear();
  key_.clear();
  values_.assign(type_.size(), Datum::null());
  given_.assign(type_.size(), false);
  LEAT_RETURN_IF_ERROR(check_utf8(line));
  auto parsed = parse_json(line);
  if (!parsed.ok() || parsed->kind != JsonKind::object) {
    return Error::permanent("this is no JSON object: " + shown(line) +
                            "; write {\"COLUMN\":VALUE,…}");
  }
  Status taken;
  for_each_member(*parsed, [&](const JsonValue& name, const JsonValue& value) {
    if (taken.ok()) taken = take(name, value);
  });
  LEAT_RETURN_IF_ERROR(taken);
  LEAT_RETURN_IF_ERROR(check_missing());
  append_row(type_, values_, &row_);
  append_key(type_, values_, schema_.key_columns, &key_);
  return {};
}

Status JsonRecordReader::take(const JsonValue& name, const JsonValue& value) {
  auto column_name = json_string(name);
  if (!column_name.ok()) return Error::permanent(shown(name.text) + " is no column's name");
  int found = schema_.index_of(*column_name);
  if (found < 0) return unknown_column(*column_name);
  auto index = static_cast<size_t>(found);
  const Column& column = schema_.columns[index];
  if (given_[index]) return Error::permanent("column " + column.name + " stands twice");
  given_[index] = true;
  LEAT_ASSIGN_OR_RETURN(values_[index], datum_of(column, value, arena_));
  return {};
}

Status JsonRecordReader::check_missing() const {
  for (size_t i = 0; i < given_.size(); ++i) {
    const Column& column = schema_.columns[i];
    if (!given_[i] && !column.nullable) return wrong(column, "is missing, and must not be null");
  }
  return {};
}

Error JsonRecordReader::unknown_column(const std::string& name) const {
  std::vector<std::string> known;
  std::string all;
  for (const Column& column : schema_.columns) {
    known.push_back(column.name);
    all += (all.empty() ? "" : ", ") + column.name;
  }
  auto nearest = nearest_word(name, known);
  return Error::permanent(
      "there is no column '" + shown(name) +
      (nearest ? "'; did you mean '" + *nearest + "'?" : "'; there are " + all));
}

}  // namespace leat::cli

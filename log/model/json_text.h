// JSON as text (RFC 8259): checked, walked in place, and rewritten as PostgreSQL prints jsonb.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "log/base/status.h"
#include "log/model/value_error.h"

namespace leat {

enum class JsonKind : uint8_t { null, boolean, number, string, array, object };

// A value inside a text that check_json accepted: its own bytes, without the space around.
struct JsonValue {
  JsonKind kind = JsonKind::null;
  std::string_view text;
};

// `invalid input syntax for type json` (22P02) where TEXT is not one JSON value. Nesting is bounded
// (1,000 levels; PostgreSQL takes some thousands).
Result<JsonValue, ValueError> parse_json(std::string_view text);

// Walking; VALUE came from parse_json or from here.
using MemberVisitor = std::function<void(const JsonValue& name, const JsonValue& value)>;
using ElementVisitor = std::function<void(const JsonValue& element)>;
void for_each_member(const JsonValue& object, const MemberVisitor& member);
void for_each_element(const JsonValue& array, const ElementVisitor& element);
// The last member of that (unescaped) name.
std::optional<JsonValue> json_member(const JsonValue& value, std::string_view name);
// Elements count from 0; negative ones from the end.
std::optional<JsonValue> json_element(const JsonValue& value, int64_t index);
// A string's characters, escapes resolved; \u0000 and lone surrogates are PostgreSQL's errors.
Result<std::string, ValueError> json_string(const JsonValue& value);

// jsonb's form (jsonb_text.cc): members sorted by length and bytes, the last of equal names kept,
// one space behind
// ':' and ',', numbers as numeric prints them.
Result<std::string, ValueError> to_jsonb_text(const JsonValue& value);

// Appends TEXT as a JSON string with quotes.
void append_json_string(std::string_view text, std::string* out);

}  // namespace leat

// json and jsonb: -> and ->>. Both are kept as text; a part of a json keeps its bytes.
#include "joins/scalar/catalog.h"
#include "log/model/json_text.h"

namespace leat::joins {

namespace {

using Arguments = std::span<const Datum>;

using Found = Result<std::optional<JsonValue>, RowError>;

Found find_member(Arguments in) {
  auto whole = parse_json(in[0].bytes());
  if (!whole.ok()) return to_row_error(whole.error());
  return json_member(*whole, in[1].bytes());
}

Found find_element(Arguments in) {
  auto whole = parse_json(in[0].bytes());
  if (!whole.ok()) return to_row_error(whole.error());
  return json_element(*whole, in[1].integer());
}

// To jsonb a scalar is an array of itself.
Found find_jsonb_element(Arguments in) {
  auto whole = parse_json(in[0].bytes());
  if (!whole.ok()) return to_row_error(whole.error());
  bool scalar = whole->kind != JsonKind::array && whole->kind != JsonKind::object;
  int64_t index = in[1].integer();
  if (scalar && (index == 0 || index == -1)) return std::optional(*whole);
  return json_element(*whole, index);
}

template <Found (*find)(Arguments)>
ScalarResult part(Arguments in, Arena&) {
  Found found = find(in);
  if (!found.ok()) return found.error();
  if (!found->has_value()) return Datum::null();
  return Datum::of_bytes((*found)->text);
}

template <Found (*find)(Arguments)>
ScalarResult part_as_text(Arguments in, Arena& arena) {
  Found found = find(in);
  if (!found.ok()) return found.error();
  if (!found->has_value() || (*found)->kind == JsonKind::null) return Datum::null();
  if ((*found)->kind != JsonKind::string) return Datum::of_bytes((*found)->text);
  auto text = json_string(**found);
  if (!text.ok()) return to_row_error(text.error());
  return text_of(*text, arena);
}

}  // namespace

void add_json_operators(Catalog& operators) {
  constexpr TypeId kJson = TypeId::json, kJsonb = TypeId::jsonb;
  constexpr TypeId kText = TypeId::text, kInt = TypeId::int32;
  for (TypeId type : {kJson, kJsonb}) {
    operators.add("->", {type, kText}, type, part<find_member>);
    operators.add("->>", {type, kText}, kText, part_as_text<find_member>);
  }
  operators.add("->", {kJson, kInt}, kJson, part<find_element>);
  operators.add("->>", {kJson, kInt}, kText, part_as_text<find_element>);
  operators.add("->", {kJsonb, kInt}, kJsonb, part<find_jsonb_element>);
  operators.add("->>", {kJsonb, kInt}, kText, part_as_text<find_jsonb_element>);
  operators.add("-", {kJsonb, TypeId::int32}, kJsonb, nullptr);
  operators.add("-", {kJsonb, TypeId::text}, kJsonb, nullptr);
}

}  // namespace leat::joins

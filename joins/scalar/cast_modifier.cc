// numeric(p,s), varchar(n), char(n), timestamp(p): what a modifier does to a value.
#include <algorithm>

#include "joins/scalar/coercion.h"
#include "joins/scalar/node.h"
#include "joins/scalar/row_limit.h"
#include "log/model/datetime.h"
#include "log/model/utf8.h"

namespace leat::joins {

namespace {

constexpr int32_t kHeaderBytes = 4;  // VARHDRSZ, part of the modifiers of strings and numeric

size_t byte_of_character(std::string_view text, int64_t index) {
  size_t at = 0;
  for (; index > 0 && at < text.size(); --index) at += utf8_sequence_size(text[at]);
  return std::min(at, text.size());
}

// Cuts to LENGTH characters; only a written cast may cut off more than blanks.
Result<std::string_view, RowError> cut(std::string_view text, int32_t length, bool is_explicit,
                                       const char* type) {
  size_t end = byte_of_character(text, length);
  bool blank = text.find_first_not_of(' ', end) == std::string_view::npos;
  if (!blank && !is_explicit) {
    return fail("value too long for type " + std::string(type) + "(" + std::to_string(length) + ")",
                "22001");
  }
  return text.substr(0, end);
}

ScalarResult apply_to_varchar(const Datum& value, int32_t modifier, bool is_explicit) {
  auto out = cut(value.bytes(), modifier - kHeaderBytes, is_explicit, "character varying");
  if (!out.ok()) return out.error();
  return Datum::of_bytes(*out);
}

ScalarResult apply_to_bpchar(const Datum& value, int32_t modifier, bool is_explicit, Arena& arena) {
  int32_t length = modifier - kHeaderBytes;
  auto out = cut(value.bytes(), length, is_explicit, "character");
  if (!out.ok()) return out.error();
  std::string padded(*out);
  auto missing = static_cast<size_t>(length) - utf8_length(padded);
  return text_of(padded.append(missing, ' '), arena);
}

// Rounds to PRECISION digits of a second, halves away from zero.
int64_t round_us(int64_t us, int32_t precision) {
  constexpr int64_t kScales[] = {1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};
  int64_t scale = kScales[std::clamp(precision, 0, 6)];
  int64_t half = scale / 2;
  return us >= 0 ? (us + half) / scale * scale : -((-us + half) / scale * scale);
}

ScalarResult apply_to_timestamp(const Datum& value, int32_t modifier) {
  if (is_infinite_timestamp(value.integer())) return value;
  int64_t out = round_us(value.integer(), modifier);
  if (!is_valid_timestamp(out)) return fail("timestamp out of range", kDatetimeOverflow);
  return Datum::of_int(out);
}

ScalarResult apply(TypeId type, const Datum& value, int32_t modifier, bool is_explicit,
                   Arena& arena) {
  switch (type) {
    case TypeId::numeric:
      return to_scalar(apply_numeric_modifier(numeric_of(value), modifier), arena);
    case TypeId::text:
      return apply_to_varchar(value, modifier, is_explicit);
    case TypeId::bpchar:
      return apply_to_bpchar(value, modifier, is_explicit, arena);
    case TypeId::timestamp:
    case TypeId::timestamptz:
      return apply_to_timestamp(value, modifier);
    case TypeId::time:
      return Datum::of_int(round_us(value.integer(), modifier));
    case TypeId::timetz: {
      TimeTz time = decode_timetz(value.bytes());
      return to_datum(TimeTz{round_us(time.us, modifier), time.zone_s}, arena);
    }
    case TypeId::interval: {
      Interval interval = decode_interval(value.bytes());
      interval.us = round_us(interval.us, modifier & 0xFFFF);
      return to_datum(interval, arena);
    }
    default:
      return value;
  }
}

class ModifierCast : public Node {
 public:
  ModifierCast(ScalarPtr operand, Type to, CastContext context)
      : Node(to, {std::move(operand)}), context_(context) {}

  ScalarResult evaluate(std::span<const Datum> row, Arena& arena) const override {
    ScalarResult value = child(0).evaluate(row, arena);
    if (!value.ok() || (*value).is_null()) return value;
    if (is_too_large(arena)) [[unlikely]]
      return row_too_large();
    bool is_explicit = context_ == CastContext::explicit_cast;
    return apply(type().id, *value, type().modifier, is_explicit, arena);
  }
  ScalarPtr with_children(std::vector<ScalarPtr> children) const override {
    return make_modifier_cast(std::move(children[0]), type(), context_);
  }
  void print(std::string* out) const override {
    print_call("modifier", out);
    out->append("::").append(type_name(type().id));
    out->append("(").append(std::to_string(type().modifier)).append(")");
  }

 private:
  CastContext context_;
};

}  // namespace

ScalarPtr make_modifier_cast(ScalarPtr operand, Type to, CastContext context) {
  return std::make_shared<ModifierCast>(std::move(operand), to, context);
}

}  // namespace leat::joins

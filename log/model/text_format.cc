#include "log/model/text_format.h"

#include <spdlog/fmt/fmt.h>

#include <charconv>

#include "log/model/datetime.h"
#include "log/model/float_text.h"
#include "log/model/json_text.h"
#include "log/model/numeric.h"
#include "log/model/text_scan.h"
#include "log/model/utf8.h"

namespace leat {

namespace {

using DatumResult = Result<Datum, ValueError>;

constexpr std::string_view kHex = "0123456789abcdef";

void append_hex(std::string_view bytes, std::string* out) {
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    out->push_back(kHex[byte >> 4]);
    out->push_back(kHex[byte & 15]);
  }
}

void append_uuid(std::string_view bytes, std::string* out) {
  constexpr size_t kGroups[] = {4, 2, 2, 2, 6};
  size_t at = 0;
  for (size_t group : kGroups) {
    if (at != 0) out->push_back('-');
    append_hex(bytes.substr(at, group), out);
    at += group;
  }
}

int hex_value(char c) {
  size_t value = kHex.find(ascii_lower(c));
  return value == std::string_view::npos ? -1 : static_cast<int>(value);
}

// "t", "tr", "true", "yes", "on", "1" and their opposites, as bool_in takes them.
DatumResult parse_bool(std::string_view text) {
  std::string lower;
  for (char c : trim_space(text)) lower.push_back(ascii_lower(c));
  auto begins = [&](std::string_view word, size_t least) {
    return lower.size() >= least && lower.size() <= word.size() &&
           word.substr(0, lower.size()) == lower;
  };
  if (begins("true", 1) || begins("yes", 1) || begins("on", 2) || lower == "1") {
    return Datum::of_bool(true);
  }
  if (begins("false", 1) || begins("no", 1) || begins("off", 2) || lower == "0") {
    return Datum::of_bool(false);
  }
  return invalid_text("boolean", text);
}

template <class T>
DatumResult parse_int(TypeId type, std::string_view text) {
  std::string_view trimmed = trim_space(text);
  if (trimmed.size() > 1 && trimmed[0] == '+' && is_digit(trimmed[1])) trimmed.remove_prefix(1);
  T value = 0;
  auto parsed = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), value);
  bool whole = parsed.ptr == trimmed.data() + trimmed.size();
  if (parsed.ec == std::errc{} && whole) return Datum::of_int(value);
  // The server stops at the digit that is too much and does not look at what follows.
  if (parsed.ec == std::errc::result_out_of_range) {
    return ValueError{
        fmt::format("value \"{}\" is out of range for type {}", text, type_name(type)),
        kNumericOutOfRange};
  }
  return invalid_text(type_name(type), text);
}

// 32 hexadecimal digits; braces around them, hyphens behind any group of four.
DatumResult parse_uuid(std::string_view text, Arena& arena) {
  std::string_view rest = text;
  bool braced = !rest.empty() && rest.front() == '{';
  if (braced) rest.remove_prefix(1);
  char* bytes = arena.allocate(16);
  for (int i = 0; i < 16; ++i) {
    if (rest.size() < 2) return invalid_text("uuid", text);
    int high = hex_value(rest[0]), low = hex_value(rest[1]);
    if (high < 0 || low < 0) return invalid_text("uuid", text);
    bytes[i] = static_cast<char>(high * 16 + low);
    rest.remove_prefix(2);
    if (i % 2 == 1 && i < 15 && !rest.empty() && rest.front() == '-') rest.remove_prefix(1);
  }
  if (rest != (braced ? "}" : "")) return invalid_text("uuid", text);
  return Datum::of_bytes({bytes, 16});
}

DatumResult parse_hex_bytea(std::string_view digits, Arena& arena) {
  char* bytes = arena.allocate(digits.size() / 2);
  size_t size = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (is_space(digits[i])) continue;
    if (hex_value(digits[i]) < 0) {
      auto character = digits.substr(i, utf8_sequence_size(digits[i]));
      return ValueError{fmt::format("invalid hexadecimal digit: \"{}\"", character),
                        kInvalidParameter};
    }
    if (i + 1 == digits.size()) {
      return ValueError{"invalid hexadecimal data: odd number of digits", kInvalidParameter};
    }
    if (hex_value(digits[i + 1]) < 0) {
      auto character = digits.substr(i + 1, utf8_sequence_size(digits[i + 1]));
      return ValueError{fmt::format("invalid hexadecimal digit: \"{}\"", character),
                        kInvalidParameter};
    }
    bytes[size++] = static_cast<char>(hex_value(digits[i]) * 16 + hex_value(digits[i + 1]));
    ++i;
  }
  return Datum::of_bytes({bytes, size});
}

// \ooo and \\ ; every other byte is itself.
DatumResult parse_escaped_bytea(std::string_view text, Arena& arena) {
  auto octal = [&](size_t at, char max) {
    return at < text.size() && text[at] >= '0' && text[at] <= max;
  };
  char* bytes = arena.allocate(text.size());
  size_t size = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes[size++] = text[i];
    } else if (octal(i + 1, '3') && octal(i + 2, '7') && octal(i + 3, '7')) {
      bytes[size++] = static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                        (text[i + 3] - '0'));
      i += 3;
    } else if (i + 1 < text.size() && text[i + 1] == '\\') {
      bytes[size++] = '\\';
      ++i;
    } else {
      return ValueError{"invalid input syntax for type bytea", kInvalidText};
    }
  }
  return Datum::of_bytes({bytes, size});
}

DatumResult parse_bytea(std::string_view text, Arena& arena) {
  if (text.substr(0, 2) == "\\x") return parse_hex_bytea(text.substr(2), arena);
  return parse_escaped_bytea(text, arena);
}

DatumResult parse_utf8(std::string_view text) {
  Status status = check_utf8(text);
  if (!status.ok()) return ValueError{status.error().message(), "22021"};
  return Datum::of_bytes(text);
}

DatumResult parse_json_datum(std::string_view text, bool canonical, Arena& arena) {
  LEAT_ASSIGN_OR_RETURN(Datum checked, parse_utf8(text));
  LEAT_ASSIGN_OR_RETURN(JsonValue value, parse_json(checked.bytes()));
  if (!canonical) return checked;
  LEAT_ASSIGN_OR_RETURN(std::string printed, to_jsonb_text(value));
  return Datum::of_bytes(arena.copy(printed));
}

DatumResult to_int_datum(Result<int64_t, ValueError> value) {
  if (!value.ok()) return value.error();
  return Datum::of_int(*value);
}

template <class Float>
DatumResult to_float_datum(Result<Float, ValueError> value) {
  if (!value.ok()) return value.error();
  return Datum::of_float(*value);
}

template <class T>
DatumResult to_bytes_datum(Result<T, ValueError> value, Arena& arena) {
  if (!value.ok()) return value.error();
  if constexpr (std::is_same_v<T, Numeric>) {
    return value->to_datum(arena);
  } else {
    return to_datum(*value, arena);
  }
}

}  // namespace

void append_text(TypeId type, const Datum& value, std::string* out) {
  switch (type) {
    case TypeId::boolean:
      out->push_back(value.boolean() ? 't' : 'f');
      return;
    case TypeId::int16:
    case TypeId::int32:
    case TypeId::int64:
      out->append(fmt::format_int(value.integer()).c_str());
      return;
    case TypeId::float32:
      return append_float32_text(static_cast<float>(value.floating()), out);
    case TypeId::float64:
      return append_float64_text(value.floating(), out);
    case TypeId::numeric:
      return append_numeric_text(Numeric::of_encoded(value.bytes()), out);
    case TypeId::bytea:
      out->append("\\x");
      return append_hex(value.bytes(), out);
    case TypeId::uuid:
      return append_uuid(value.bytes(), out);
    case TypeId::date:
      return append_date(value.integer(), out);
    case TypeId::time:
      return append_time(value.integer(), out);
    case TypeId::timetz:
      return append_timetz(decode_timetz(value.bytes()), out);
    case TypeId::timestamp:
      return append_timestamp(value.integer(), out);
    case TypeId::timestamptz:
      return append_timestamptz(value.integer(), out);
    case TypeId::interval:
      return append_interval(decode_interval(value.bytes()), out);
    default:
      out->append(value.bytes());
  }
}

Result<Datum, ValueError> parse_value(TypeId type, std::string_view text, Arena& arena) {
  switch (type) {
    case TypeId::boolean:
      return parse_bool(text);
    case TypeId::int16:
      return parse_int<int16_t>(type, text);
    case TypeId::int32:
      return parse_int<int32_t>(type, text);
    case TypeId::int64:
      return parse_int<int64_t>(type, text);
    case TypeId::float32:
      return to_float_datum(parse_float32(text));
    case TypeId::float64:
      return to_float_datum(parse_float64(text));
    case TypeId::numeric:
      return to_bytes_datum(parse_numeric(text), arena);
    case TypeId::text:
    case TypeId::bpchar:
      return parse_utf8(text);
    case TypeId::bytea:
      return parse_bytea(text, arena);
    case TypeId::uuid:
      return parse_uuid(text, arena);
    case TypeId::date:
      return to_int_datum(parse_date(text));
    case TypeId::time:
      return to_int_datum(parse_time(text));
    case TypeId::timetz:
      return to_bytes_datum(parse_timetz(text), arena);
    case TypeId::timestamp:
      return to_int_datum(parse_timestamp(text));
    case TypeId::timestamptz:
      return to_int_datum(parse_timestamptz(text));
    case TypeId::interval:
      return to_bytes_datum(parse_interval(text), arena);
    case TypeId::json:
      return parse_json_datum(text, false, arena);
    case TypeId::jsonb:
      return parse_json_datum(text, true, arena);
  }
  return invalid_text(type_name(type), text);
}

Result<Datum> parse_text(TypeId type, std::string_view text, Arena& arena) {
  auto parsed = parse_value(type, text, arena);
  if (!parsed.ok()) return Error::permanent(parsed.error().message);
  return *parsed;
}

}  // namespace leat

#include "log/model/binary_format.h"

#include <spdlog/fmt/fmt.h>

#include <cstring>

#include "log/base/bytes.h"
#include "log/model/datetime.h"
#include "log/model/numeric.h"
#include "log/model/utf8.h"

namespace leat {

namespace {

constexpr char kJsonbVersion = 1;

Error wrong_size(TypeId type, size_t size) {
  return Error::permanent(fmt::format("{} bytes are no value of type {}", size, type_name(type)));
}
Error out_of_range(TypeId type) {
  return Error::permanent(
      fmt::format("bytes are no value of type {}: out of range", type_name(type)));
}

template <class T>
Result<Datum> decode_int(TypeId type, std::string_view bytes) {
  if (bytes.size() != sizeof(T)) return wrong_size(type, bytes.size());
  return Datum::of_int(load_be<T>(bytes.data()));
}

template <class Float, class Bits>
Result<Datum> decode_float(TypeId type, std::string_view bytes) {
  if (bytes.size() != sizeof(Float)) return wrong_size(type, bytes.size());
  Bits bits = load_be<Bits>(bytes.data());
  Float value;
  std::memcpy(&value, &bits, sizeof value);
  return Datum::of_float(value);
}

Result<Datum> decode_bool(std::string_view bytes) {
  if (bytes.size() != 1) return wrong_size(TypeId::boolean, bytes.size());
  return Datum::of_bool(bytes[0] != 0);
}

Result<Datum> decode_date(std::string_view bytes) {
  LEAT_ASSIGN_OR_RETURN(Datum value, decode_int<int32_t>(TypeId::date, bytes));
  if (!is_valid_date(value.integer())) return out_of_range(TypeId::date);
  return value;
}

Result<Datum> decode_time(std::string_view bytes) {
  LEAT_ASSIGN_OR_RETURN(Datum value, decode_int<int64_t>(TypeId::time, bytes));
  if (!is_valid_time(value.integer())) return out_of_range(TypeId::time);
  return value;
}

Result<Datum> decode_timestamp(TypeId type, std::string_view bytes) {
  LEAT_ASSIGN_OR_RETURN(Datum value, decode_int<int64_t>(type, bytes));
  if (!is_valid_timestamp(value.integer())) return out_of_range(type);
  return value;
}

Result<Datum> decode_timetz_bytes(std::string_view bytes) {
  if (bytes.size() != 12) return wrong_size(TypeId::timetz, bytes.size());
  if (!is_valid_timetz(decode_timetz(bytes))) return out_of_range(TypeId::timetz);
  return Datum::of_bytes(bytes);
}

Result<Datum> decode_numeric(std::string_view bytes, Arena& arena) {
  LEAT_ASSIGN_OR_RETURN(Numeric value, decode_numeric_binary(bytes));
  return value.to_datum(arena);
}

Result<Datum> decode_text(std::string_view bytes) {
  LEAT_RETURN_IF_ERROR(check_utf8(bytes));
  return Datum::of_bytes(bytes);
}

Result<Datum> decode_jsonb(std::string_view bytes) {
  if (bytes.empty() || bytes[0] != kJsonbVersion) {
    return Error::permanent("bytes are no value of type jsonb: unknown version");
  }
  return decode_text(bytes.substr(1));
}

Result<Datum> decode_sized(TypeId type, std::string_view bytes, size_t size) {
  if (bytes.size() != size) return wrong_size(type, bytes.size());
  return Datum::of_bytes(bytes);
}

}  // namespace

Result<Datum> decode_binary(Type type, std::string_view bytes, Arena& arena) {
  switch (type.id) {
    case TypeId::boolean:
      return decode_bool(bytes);
    case TypeId::int16:
      return decode_int<int16_t>(type.id, bytes);
    case TypeId::int32:
      return decode_int<int32_t>(type.id, bytes);
    case TypeId::int64:
      return decode_int<int64_t>(type.id, bytes);
    case TypeId::float32:
      return decode_float<float, uint32_t>(type.id, bytes);
    case TypeId::float64:
      return decode_float<double, uint64_t>(type.id, bytes);
    case TypeId::numeric:
      return decode_numeric(bytes, arena);
    case TypeId::text:
    case TypeId::bpchar:
    case TypeId::json:
      return decode_text(bytes);
    case TypeId::jsonb:
      return decode_jsonb(bytes);
    case TypeId::bytea:
      return Datum::of_bytes(bytes);
    case TypeId::uuid:
    case TypeId::interval:
      return decode_sized(type.id, bytes, 16);
    case TypeId::date:
      return decode_date(bytes);
    case TypeId::time:
      return decode_time(bytes);
    case TypeId::timetz:
      return decode_timetz_bytes(bytes);
    case TypeId::timestamp:
    case TypeId::timestamptz:
      return decode_timestamp(type.id, bytes);
  }
  return wrong_size(type.id, bytes.size());
}

void append_binary(TypeId type, const Datum& value, std::string* out) {
  switch (type) {
    case TypeId::boolean:
      out->push_back(value.boolean() ? 1 : 0);
      return;
    case TypeId::int16:
      return append_be(out, static_cast<int16_t>(value.integer()));
    case TypeId::int32:
    case TypeId::date:
      return append_be(out, static_cast<int32_t>(value.integer()));
    case TypeId::int64:
    case TypeId::time:
    case TypeId::timestamp:
    case TypeId::timestamptz:
      return append_be(out, value.integer());
    case TypeId::float32:
      return append_be(out, std::bit_cast<uint32_t>(static_cast<float>(value.floating())));
    case TypeId::float64:
      return append_be(out, std::bit_cast<uint64_t>(value.floating()));
    case TypeId::numeric:
      return append_numeric_binary(Numeric::of_encoded(value.bytes()), out);
    case TypeId::jsonb:
      out->push_back(kJsonbVersion);
      out->append(value.bytes());
      return;
    default:
      out->append(value.bytes());
  }
}

}  // namespace leat

// Keys read back (key.h).
#include <algorithm>
#include <cstring>
#include <limits>

#include "log/base/bytes.h"
#include "log/model/interval.h"
#include "log/model/key.h"
#include "log/model/numeric.h"

namespace leat {

namespace {

constexpr uint64_t kSignBit = uint64_t{1} << 63;
constexpr uint8_t kNotNull = 0x01;
constexpr uint8_t kNull = 0x02;
constexpr size_t kUuidBytes = 16;

Error damaged() {
  return Error::permanent("bytes are no key of these columns");
}

int64_t read_ordered_int(ByteReader& in) {
  return static_cast<int64_t>(in.be<uint64_t>() ^ kSignBit);
}

double read_ordered_float(ByteReader& in) {
  auto bits = in.be<uint64_t>();
  bits = (bits & kSignBit) != 0 ? bits ^ kSignBit : ~bits;
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// Up to the end mark; the 0xFF behind a zero byte is not part of the value.
std::string read_escaped(ByteReader& in) {
  std::string out;
  for (;;) {
    out.append(in.c_string());
    uint8_t mark = in.u8();
    if (!in.ok() || mark == 0x01) return out;
    if (mark != 0xFF) in.fail();
    out.push_back('\0');
  }
}

// As much of SPAN in whole UNITs as fits an int32.
int32_t take_units(int128 unit, int128* span) {
  constexpr int128 kMost = std::numeric_limits<int32_t>::max();
  int128 count = std::clamp(*span / unit, -kMost, kMost);
  *span -= count * unit;
  return static_cast<int32_t>(count);
}

Interval read_interval(ByteReader& in) {
  auto high = in.be<uint64_t>() ^ kSignBit;
  auto span = static_cast<int128>(static_cast<uint128>(high) << 64 | in.be<uint64_t>());
  Interval interval;
  interval.months = take_units(static_cast<int128>(kDaysPerMonth) * kUsPerDay, &span);
  interval.days = take_units(kUsPerDay, &span);
  interval.us = static_cast<int64_t>(span);
  return interval;
}

// No zone is a day or more from UTC, and what lies further off is no time of a day anywhere.
TimeTz read_timetz(ByteReader& in) {
  int64_t utc_us = read_ordered_int(in);
  int64_t zone_s = read_ordered_int(in);
  constexpr int64_t kDayS = kUsPerDay / kUsPerSecond;
  if (zone_s < -kDayS || zone_s > kDayS || utc_us < -kUsPerDay || utc_us > 2 * kUsPerDay) {
    in.fail();
    return {};
  }
  return {utc_us - zone_s * kUsPerSecond, static_cast<int32_t>(zone_s)};
}

Result<Datum> read_numeric(const Type& type, ByteReader& in, Arena& arena) {
  LEAT_ASSIGN_OR_RETURN(Numeric value, read_numeric_key(in));
  auto scaled = apply_numeric_modifier(value, type.modifier);
  return scaled.ok() ? scaled->to_datum(arena) : value.to_datum(arena);
}

Result<Datum> read_bytes_value(const Type& type, ByteReader& in, Arena& arena) {
  switch (type.id) {
    case TypeId::numeric:
      return read_numeric(type, in, arena);
    case TypeId::interval:
      return to_datum(read_interval(in), arena);
    case TypeId::timetz:
      return to_datum(read_timetz(in), arena);
    case TypeId::uuid:
      return Datum::of_bytes(arena.copy(in.bytes(kUuidBytes)));
    default:
      return Datum::of_bytes(arena.copy(read_escaped(in)));
  }
}

Result<Datum> read_value(const Type& type, ByteReader& in, Arena& arena) {
  switch (datum_kind(type.id)) {
    case DatumKind::boolean:
      return Datum::of_bool(in.u8() != 0);
    case DatumKind::integer:
      return Datum::of_int(read_ordered_int(in));
    case DatumKind::floating:
      return Datum::of_float(read_ordered_float(in));
    case DatumKind::bytes:
      break;
  }
  return read_bytes_value(type, in, arena);
}

}  // namespace

Status decode_key(const RowType& types, std::string_view key, Arena& arena, std::span<Datum> out) {
  ByteReader in(key);
  for (size_t i = 0; i < types.size(); ++i) {
    uint8_t mark = in.u8();
    if (mark != kNotNull && mark != kNull) return damaged();
    if (mark == kNull) {
      out[i] = Datum::null();
      continue;
    }
    LEAT_ASSIGN_OR_RETURN(out[i], read_value(types[i], in, arena));
  }
  return in.done() ? Status() : damaged();
}

}  // namespace leat

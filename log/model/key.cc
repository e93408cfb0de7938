#include "log/model/key.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "log/base/bytes.h"
#include "log/base/check.h"
#include "log/model/interval.h"
#include "log/model/numeric.h"

namespace leat {

namespace {

constexpr char kNotNull = 0x01;
constexpr char kNull = 0x02;
constexpr uint64_t kSignBit = uint64_t{1} << 63;

void append_ordered_int(int64_t value, std::string* out) {
  append_be(out, static_cast<uint64_t>(value) ^ kSignBit);
}

void append_ordered_float(double value, std::string* out) {
  if (value == 0) value = 0;  // -0.0
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  append_be(out, (bits & kSignBit) != 0 ? ~bits : bits | kSignBit);
}

void append_escaped(std::string_view bytes, std::string* out) {
  for (;;) {
    size_t nul = bytes.find('\0');
    out->append(bytes.substr(0, nul));
    if (nul == std::string_view::npos) break;
    out->append("\x00\xFF", 2);
    bytes.remove_prefix(nul + 1);
  }
  out->append("\x00\x01", 2);
}

std::string_view without_trailing_blanks(std::string_view text) {
  size_t last = text.find_last_not_of(' ');
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// What interval_cmp compares: 16 bytes, big-endian, sign flipped.
void append_interval(std::string_view bytes, std::string* out) {
  int128 span = interval_span(decode_interval(bytes));
  append_be(out, static_cast<uint64_t>(static_cast<uint128>(span) >> 64) ^ kSignBit);
  append_be(out, static_cast<uint64_t>(static_cast<uint128>(span)));
}

// What timetz_cmp compares: the moment in UTC, then the zone.
void append_timetz(std::string_view bytes, std::string* out) {
  TimeTz value = decode_timetz(bytes);
  append_ordered_int(utc_time_us(value), out);
  append_ordered_int(value.zone_s, out);
}

template <class T>
int three_way(T a, T b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

int compare_floats(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return three_way(std::isnan(a), std::isnan(b));
  return three_way(a, b);
}

int compare_timetz(std::string_view a, std::string_view b) {
  TimeTz left = decode_timetz(a);
  TimeTz right = decode_timetz(b);
  int order = three_way(utc_time_us(left), utc_time_us(right));
  return order != 0 ? order : three_way(left.zone_s, right.zone_s);
}

int compare_bytes(TypeId type, std::string_view a, std::string_view b) {
  switch (type) {
    case TypeId::numeric:
      return compare(Numeric::of_encoded(a), Numeric::of_encoded(b));
    case TypeId::interval:
      return three_way(interval_span(decode_interval(a)), interval_span(decode_interval(b)));
    case TypeId::timetz:
      return compare_timetz(a, b);
    case TypeId::bpchar:
      return without_trailing_blanks(a).compare(without_trailing_blanks(b));
    default:
      return a.compare(b);
  }
}

void append_bytes_value(TypeId type, std::string_view bytes, std::string* out) {
  switch (type) {
    case TypeId::numeric:
      return append_numeric_key(Numeric::of_encoded(bytes), out);
    case TypeId::interval:
      return append_interval(bytes, out);
    case TypeId::timetz:
      return append_timetz(bytes, out);
    case TypeId::uuid:
      out->append(bytes);
      return;
    case TypeId::bpchar:
      return append_escaped(without_trailing_blanks(bytes), out);
    default:
      return append_escaped(bytes, out);
  }
}

}  // namespace

bool type_can_be_key(TypeId id) {
  return id != TypeId::json;
}

void append_key_field(TypeId type, const Datum& value, std::string* out) {
  if (value.is_null()) {
    out->push_back(kNull);
    return;
  }
  out->push_back(kNotNull);
  switch (datum_kind(type)) {
    case DatumKind::boolean:
      out->push_back(value.boolean() ? 1 : 0);
      return;
    case DatumKind::integer:
      return append_ordered_int(value.integer(), out);
    case DatumKind::floating:
      return append_ordered_float(value.floating(), out);
    case DatumKind::bytes:
      return append_bytes_value(type, value.bytes(), out);
  }
}

void append_key(const RowType& type, std::span<const Datum> row_values,
                std::span<const int> indexes, std::string* out) {
  for (int index : indexes) {
    auto column = static_cast<size_t>(index);
    append_key_field(type[column].id, row_values[column], out);
  }
}

int compare_datums(TypeId type, const Datum& a, const Datum& b) {
  switch (datum_kind(type)) {
    case DatumKind::boolean:
      return three_way(a.boolean(), b.boolean());
    case DatumKind::integer:
      return three_way(a.integer(), b.integer());
    case DatumKind::floating:
      return compare_floats(a.floating(), b.floating());
    case DatumKind::bytes:
      return compare_bytes(type, a.bytes(), b.bytes());
  }
  return 0;
}

}  // namespace leat

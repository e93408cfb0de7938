#include "log/model/row.h"

#include <spdlog/fmt/fmt.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "log/base/bytes.h"
#include "log/base/check.h"
#include "log/model/datetime.h"
#include "log/model/numeric.h"

namespace leat {

namespace {

// Bytes of a fixed-width field; 0 for those with a length.
constexpr size_t fixed_width(TypeId id) {
  switch (id) {
    case TypeId::boolean:
      return 1;
    case TypeId::int16:
      return 2;
    case TypeId::int32:
    case TypeId::date:
    case TypeId::float32:
      return 4;
    case TypeId::int64:
    case TypeId::time:
    case TypeId::timestamp:
    case TypeId::timestamptz:
    case TypeId::float64:
      return 8;
    default:
      return 0;
  }
}

constexpr size_t varint_size(uint64_t value) {
  return value == 0 ? 1 : (static_cast<size_t>(std::bit_width(value)) + 6) / 7;
}

size_t bitmap_size(size_t columns) {
  return (columns + 7) / 8;
}

size_t row_size(const RowType& type, std::span<const Datum> values) {
  size_t size = bitmap_size(type.size());
  for (size_t i = 0; i < type.size(); ++i) {
    if (values[i].is_null()) continue;
    size_t width = fixed_width(type[i].id);
    size_t bytes = width == 0 ? values[i].bytes().size() : 0;
    size += width == 0 ? varint_size(bytes) + bytes : width;
  }
  return size;
}

// All NaNs are one.
float canonical(float value) {
  return std::isnan(value) ? std::numeric_limits<float>::quiet_NaN() : value;
}
double canonical(double value) {
  return std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value;
}

template <class T>
char* put(char* to, T value) {
  std::memcpy(to, &value, sizeof value);
  return to + sizeof value;
}

char* put_sized(char* to, std::string_view bytes) {
  uint64_t size = bytes.size();
  for (; size >= 0x80; size >>= 7) *to++ = static_cast<char>(size | 0x80);
  *to++ = static_cast<char>(size);
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  return to + bytes.size();
}

char* put_field(char* to, TypeId id, const Datum& value) {
  switch (id) {
    case TypeId::boolean:
      return put(to, static_cast<uint8_t>(value.boolean()));
    case TypeId::int16:
      return put(to, static_cast<int16_t>(value.integer()));
    case TypeId::int32:
    case TypeId::date:
      return put(to, static_cast<int32_t>(value.integer()));
    case TypeId::int64:
    case TypeId::time:
    case TypeId::timestamp:
    case TypeId::timestamptz:
      return put(to, value.integer());
    case TypeId::float32:
      return put(to, canonical(static_cast<float>(value.floating())));
    case TypeId::float64:
      return put(to, canonical(value.floating()));
    default:
      return put_sized(to, value.bytes());
  }
}

// Where decoding stands; AT never passes END.
struct Cursor {
  const char* at;
  const char* end;

  size_t remaining() const { return static_cast<size_t>(end - at); }
};

template <class T>
T take(Cursor& in) {
  T value;
  std::memcpy(&value, in.at, sizeof value);
  in.at += sizeof value;
  return value;
}

// A NaN of other bits would be a second encoding of the same row.
template <class T>
bool take_float(Cursor& in, Datum* out) {
  T value = take<T>(in);
  T canonical_value = canonical(value);
  *out = Datum::of_float(value);
  return std::memcmp(&value, &canonical_value, sizeof value) == 0;
}

// True where the field of a fixed width, which is there in full, has a valid value.
bool take_fixed(Cursor& in, TypeId id, Datum* out) {
  switch (id) {
    case TypeId::boolean: {
      auto byte = take<uint8_t>(in);
      *out = Datum::of_bool(byte != 0);
      return byte <= 1;
    }
    case TypeId::int16:
      *out = Datum::of_int(take<int16_t>(in));
      return true;
    case TypeId::int32:
      *out = Datum::of_int(take<int32_t>(in));
      return true;
    case TypeId::date:
      *out = Datum::of_int(take<int32_t>(in));
      return is_valid_date(out->integer());
    case TypeId::float32:
      return take_float<float>(in, out);
    case TypeId::float64:
      return take_float<double>(in, out);
    case TypeId::time:
      *out = Datum::of_int(take<int64_t>(in));
      return is_valid_time(out->integer());
    case TypeId::timestamp:
    case TypeId::timestamptz:
      *out = Datum::of_int(take<int64_t>(in));
      return is_valid_timestamp(out->integer());
    default:
      *out = Datum::of_int(take<int64_t>(in));
      return true;
  }
}

// Whoever reads the values relies on these sizes and ranges, and on numeric's form.
bool is_valid_content(TypeId id, std::string_view bytes) {
  switch (id) {
    case TypeId::uuid:
    case TypeId::interval:
      return bytes.size() == 16;
    case TypeId::timetz:
      return bytes.size() == 12 && is_valid_timetz(decode_timetz(bytes));
    case TypeId::numeric:
      return is_encoded_numeric(bytes);
    default:
      return true;
  }
}

// A minimal varint of at most 32 bits.
bool take_length(Cursor& in, size_t* out) {
  uint64_t length = 0;
  for (int shift = 0; shift <= 28 && in.at != in.end; shift += 7) {
    auto byte = static_cast<uint8_t>(*in.at++);
    length |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      *out = length;
      return (byte != 0 || shift == 0) && length <= std::numeric_limits<uint32_t>::max();
    }
  }
  return false;
}

bool take_sized(Cursor& in, TypeId id, Datum* out) {
  size_t length = 0;
  if (!take_length(in, &length) || length > in.remaining()) return false;
  std::string_view bytes(in.at, length);
  in.at += length;
  *out = Datum::of_bytes(bytes);
  return is_valid_content(id, bytes);
}

bool take_field(Cursor& in, TypeId id, Datum* out) {
  size_t width = fixed_width(id);
  if (width == 0) return take_sized(in, id, out);
  return width <= in.remaining() && take_fixed(in, id, out);
}

Error damaged(std::string_view what) {
  return Error::permanent(fmt::format("a stored row does not parse: {}", what));
}

bool is_null_at(const char* bitmap, size_t column) {
  return (static_cast<uint8_t>(bitmap[column / 8]) >> (column % 8) & 1) != 0;
}

// The bits behind the last column are zero.
bool is_bitmap_clean(const char* bitmap, size_t columns) {
  return columns % 8 == 0 || static_cast<uint8_t>(bitmap[columns / 8]) >> (columns % 8) == 0;
}

}  // namespace

void append_row(const RowType& type, std::span<const Datum> values, std::string* out) {
  LEAT_CHECK(values.size() == type.size());
  size_t start = out->size();
  size_t bitmap_bytes = bitmap_size(type.size());
  out->resize(start + row_size(type, values));
  char* bitmap = out->data() + start;
  std::memset(bitmap, 0, bitmap_bytes);
  char* to = bitmap + bitmap_bytes;
  for (size_t i = 0; i < type.size(); ++i) {
    if (values[i].is_null()) {
      bitmap[i / 8] = static_cast<char>(bitmap[i / 8] | 1 << (i % 8));
    } else {
      to = put_field(to, type[i].id, values[i]);
    }
  }
}

Status decode_row(const RowType& type, std::string_view row, std::span<Datum> out) {
  LEAT_CHECK(out.size() == type.size());
  size_t bitmap_bytes = bitmap_size(type.size());
  if (row.size() < bitmap_bytes) return damaged("it is shorter than its null bitmap");
  const char* bitmap = row.data();
  if (!is_bitmap_clean(bitmap, type.size())) return damaged("null bits beyond the last column");
  Cursor in{row.data() + bitmap_bytes, row.data() + row.size()};
  for (size_t i = 0; i < type.size(); ++i) {
    if (is_null_at(bitmap, i)) {
      out[i] = Datum::null();
    } else if (!take_field(in, type[i].id, &out[i])) [[unlikely]] {
      return damaged(fmt::format("column {} of type {}", i, type_name(type[i].id)));
    }
  }
  if (in.at != in.end) return damaged(fmt::format("{} bytes too many", in.remaining()));
  return {};
}

}  // namespace leat

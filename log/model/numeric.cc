#include "log/model/numeric.h"

#include <cstring>

#include "log/base/bytes.h"
#include "log/base/check.h"

namespace leat {

namespace {

constexpr uint64_t kHeaderNan = 0;
constexpr uint64_t kHeaderInfinity = 1;
constexpr uint64_t kHeaderNegativeInfinity = 2;
constexpr uint64_t kHeaderFinite = 3;

uint64_t header_of(const Numeric& value) {
  switch (value.kind()) {
    case NumericKind::nan:
      return kHeaderNan;
    case NumericKind::infinity:
      return kHeaderInfinity;
    case NumericKind::negative_infinity:
      return kHeaderNegativeInfinity;
    case NumericKind::finite:
      break;
  }
  return kHeaderFinite + static_cast<uint64_t>(value.scale());
}

bool is_minimal(std::string_view unscaled) {
  if (unscaled.empty()) return true;
  auto last = static_cast<unsigned char>(unscaled.back());
  if (unscaled.size() == 1) return last != 0;
  bool sign_below = (static_cast<unsigned char>(unscaled[unscaled.size() - 2]) & 0x80) != 0;
  return last != (sign_below ? 0xFF : 0x00);
}

// Generous: 131072 + 16383 digits take 61,236 bytes.
constexpr size_t kUnscaledBytesMax = 61'300;

}  // namespace

bool is_encoded_numeric(std::string_view bytes) {
  ByteReader in(bytes);
  uint64_t header = in.varint();
  if (!in.ok() || header > kHeaderFinite + kNumericScaleMax) return false;
  size_t header_size = bytes.size() - in.remaining();
  if (header_size > 1 && bytes[header_size - 1] == 0) return false;
  if (header < kHeaderFinite) return in.done();
  return in.remaining() <= kUnscaledBytesMax && is_minimal(in.rest());
}

Numeric Numeric::of_encoded(std::string_view bytes) {
  ByteReader in(bytes);
  uint64_t header = in.varint();
  LEAT_CHECK(in.ok());
  if (header == kHeaderNan) return special(NumericKind::nan);
  if (header == kHeaderInfinity) return special(NumericKind::infinity);
  if (header == kHeaderNegativeInfinity) return special(NumericKind::negative_infinity);
  return Numeric(WideInteger::of_bytes(in.rest()), static_cast<int>(header - kHeaderFinite));
}

void Numeric::append_encoded(std::string* out) const {
  append_varint(out, header_of(*this));
  if (is_finite()) unscaled_.append_bytes(out);
}

Datum Numeric::to_datum(Arena& arena) const {
  if (unscaled_.is_small()) {
    // At most 3 bytes of header and 16 of value: a string of that size would be on the heap.
    char bytes[3 + sizeof(int128)];
    size_t size = 0;
    uint64_t header = header_of(*this);
    for (; header >= 0x80; header >>= 7) bytes[size++] = static_cast<char>(header | 0x80);
    bytes[size++] = static_cast<char>(header);
    if (is_finite()) size += unscaled_.copy_small_bytes(bytes + size);
    return Datum::of_bytes(arena.copy({bytes, size}));
  }
  std::string bytes;
  append_encoded(&bytes);
  return Datum::of_bytes(arena.copy(bytes));
}

int Numeric::sign() const {
  if (is_finite()) return unscaled_.sign();
  return kind_ == NumericKind::negative_infinity ? -1 : 1;
}

}  // namespace leat

// Numeric on the wire of PostgreSQL, and as an order-keeping key. Both are made of decimal digits.
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "log/base/bytes.h"
#include "log/model/numeric.h"

namespace leat {

namespace {

// --- numeric_send: ndigits i16, weight i16, sign u16, dscale u16, then base-10000 digits
// ------------

constexpr int kDigitsPerGroup = 4;
constexpr uint16_t kGroupMax = 9999;
constexpr uint16_t kPositive = 0x0000;
constexpr uint16_t kNegative = 0x4000;
constexpr uint16_t kNan = 0xC000;
constexpr uint16_t kInfinity = 0xD000;
constexpr uint16_t kNegativeInfinity = 0xF000;

struct WireHeader {
  int groups = 0;
  int weight = 0;
  uint16_t sign = 0;
  int scale = 0;
};

Error damaged(std::string_view what) {
  return Error::permanent(fmt::format("bytes are not a numeric value: {}", what));
}

Result<WireHeader> read_header(ByteReader& in) {
  WireHeader header;
  header.groups = in.be<uint16_t>();
  header.weight = in.be<int16_t>();
  header.sign = in.be<uint16_t>();
  header.scale = in.be<uint16_t>();
  if (!in.ok()) return damaged("fewer than 8 bytes");
  if (header.scale > kNumericScaleMax) return damaged("display scale out of range");
  if (in.remaining() != static_cast<size_t>(header.groups) * 2) return damaged("wrong length");
  return header;
}

// All groups as one integer: the value times 10000^(groups - 1 - weight).
Result<WideInteger> read_groups(ByteReader& in, int count) {
  constexpr int kGroupsInPlace = 9;
  int128 small = 0;
  std::string digits;
  for (int i = 0; i < count; ++i) {
    auto group = in.be<uint16_t>();
    if (group > kGroupMax) return damaged("digit out of range");
    if (count <= kGroupsInPlace) {
      small = small * (kGroupMax + 1) + group;
    } else {
      fmt::format_to(std::back_inserter(digits), "{:04}", group);
    }
  }
  return count <= kGroupsInPlace ? WideInteger(small) : WideInteger::of_decimal(digits);
}

Result<Numeric> finite_of(ByteReader& in, const WireHeader& header) {
  LEAT_ASSIGN_OR_RETURN(WideInteger value, read_groups(in, header.groups));
  int exponent = kDigitsPerGroup * (header.weight - header.groups + 1);
  int shift = exponent + header.scale;
  // Digits behind the display scale are cut, as numeric_recv does.
  value = shift >= 0 ? value.times_power_of_ten(shift) : value.over_power_of_ten(-shift);
  return Numeric(header.sign == kNegative ? value.negated() : std::move(value), header.scale);
}

// The digits of a finite number, padded so that groups of SIZE lie at its decimal point.
struct Aligned {
  std::string digits;  // a multiple of SIZE
  int weight = 0;      // of the first group: how many groups before the point, less one
};

int padding(int count, int size) {
  return (size - count % size) % size;
}

Aligned align(const Numeric& value, int size) {
  Aligned out;
  value.unscaled().append_digits(&out.digits);
  out.digits.append(static_cast<size_t>(padding(value.scale(), size)), '0');
  int groups_behind = (value.scale() + size - 1) / size;
  auto count = static_cast<int>(out.digits.size());
  out.digits.insert(0, static_cast<size_t>(padding(count, size)), '0');
  out.weight = static_cast<int>(out.digits.size()) / size - groups_behind - 1;
  return out;
}

void append_groups(const Numeric& value, std::string* out) {
  Aligned aligned = align(value, kDigitsPerGroup);
  size_t end = aligned.digits.find_last_not_of('0');
  size_t groups = end == std::string::npos ? 0 : end / kDigitsPerGroup + 1;
  append_be(out, static_cast<int16_t>(groups));
  append_be(out, static_cast<int16_t>(groups == 0 ? 0 : aligned.weight));
  append_be(out, value.sign() < 0 ? kNegative : kPositive);
  append_be(out, static_cast<uint16_t>(value.scale()));
  for (size_t i = 0; i < groups; ++i) {
    int group = 0;
    for (size_t j = 0; j < kDigitsPerGroup; ++j) {
      group = group * 10 + (aligned.digits[i * kDigitsPerGroup + j] - '0');
    }
    append_be(out, static_cast<int16_t>(group));
  }
}

// --- The key ---------------------------------------------------------------------------------
//
//   class  = 1 -Infinity | 2 negative | 3 zero | 4 positive | 5 Infinity | 6 NaN
//   finite = exponent u24 (0.DIGITS * 10^(exponent - 2^23)), pairs of digits + 1 a byte without
//            trailing zeros, 0x00; all of it inverted for a negative number
//
// The pairs start at the leading digit, so that numbers with equal exponents compare digit by
// digit.

enum class KeyClass : uint8_t { negative_infinity = 1, negative, zero, positive, infinity, nan };

constexpr int kExponentBias = 1 << 23;

KeyClass class_of(const Numeric& value) {
  if (value.is_nan()) return KeyClass::nan;
  if (value.is_finite()) {
    return value.sign() == 0  ? KeyClass::zero
           : value.sign() > 0 ? KeyClass::positive
                              : KeyClass::negative;
  }
  return value.sign() > 0 ? KeyClass::infinity : KeyClass::negative_infinity;
}

void append_magnitude_key(const Numeric& value, std::string* out) {
  std::string digits;
  value.unscaled().append_digits(&digits);
  int exponent = static_cast<int>(digits.size()) - value.scale() + kExponentBias;
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.size() % 2 != 0) digits.push_back('0');
  for (int shift : {16, 8, 0}) out->push_back(static_cast<char>(exponent >> shift));
  for (size_t i = 0; i < digits.size(); i += 2) {
    out->push_back(static_cast<char>((digits[i] - '0') * 10 + (digits[i + 1] - '0') + 1));
  }
  out->push_back(0);
}

// 0.DIGITS * 10^EXPONENT as text; of a negative number every byte is inverted.
Result<std::string> read_magnitude(ByteReader& in, uint8_t inverted) {
  int exponent = 0;
  for (int i = 0; i < 3; ++i) exponent = exponent << 8 | (in.u8() ^ inverted);
  std::string text = "0.";
  while (in.ok()) {
    int pair = in.u8() ^ inverted;
    if (pair == 0) break;
    if (pair > 100) return damaged("a pair of digits is out of range");
    text += static_cast<char>('0' + (pair - 1) / 10);
    text += static_cast<char>('0' + (pair - 1) % 10);
  }
  if (!in.ok() || text.size() == 2) return damaged("no digits");
  if (text.back() == '0') text.pop_back();
  return text + "e" + std::to_string(exponent - kExponentBias);
}

Result<Numeric> read_finite_key(ByteReader& in, bool is_negative) {
  LEAT_ASSIGN_OR_RETURN(std::string text, read_magnitude(in, is_negative ? 0xFF : 0));
  auto value = parse_numeric(is_negative ? "-" + text : text);
  if (!value.ok()) return damaged(value.error().message);
  return std::move(*value);
}

}  // namespace

Result<Numeric> read_numeric_key(ByteReader& in) {
  switch (static_cast<KeyClass>(in.u8())) {
    case KeyClass::negative_infinity:
      return Numeric::special(NumericKind::negative_infinity);
    case KeyClass::infinity:
      return Numeric::special(NumericKind::infinity);
    case KeyClass::nan:
      return Numeric::special(NumericKind::nan);
    case KeyClass::zero:
      return Numeric();
    case KeyClass::negative:
      return read_finite_key(in, true);
    case KeyClass::positive:
      return read_finite_key(in, false);
  }
  return damaged("unknown class");
}

Result<Numeric> decode_numeric_binary(std::string_view bytes) {
  ByteReader in(bytes);
  LEAT_ASSIGN_OR_RETURN(WireHeader header, read_header(in));
  switch (header.sign) {
    case kNan:
      return Numeric::special(NumericKind::nan);
    case kInfinity:
      return Numeric::special(NumericKind::infinity);
    case kNegativeInfinity:
      return Numeric::special(NumericKind::negative_infinity);
    case kPositive:
    case kNegative:
      return finite_of(in, header);
    default:
      return damaged("unknown sign");
  }
}

void append_numeric_binary(const Numeric& value, std::string* out) {
  if (value.is_finite()) return append_groups(value, out);
  uint16_t sign = value.is_nan() ? kNan : value.sign() > 0 ? kInfinity : kNegativeInfinity;
  // The server sends a bit of its header as the infinities' scale; so do we, to be the same byte by
  // byte.
  uint16_t scale = value.is_nan() ? 0 : 0x20;
  for (uint16_t field : {uint16_t{0}, uint16_t{0}, sign, scale}) append_be(out, field);
}

void append_numeric_key(const Numeric& value, std::string* out) {
  KeyClass key_class = class_of(value);
  out->push_back(static_cast<char>(key_class));
  if (key_class != KeyClass::negative && key_class != KeyClass::positive) return;
  size_t start = out->size();
  append_magnitude_key(value, out);
  if (key_class == KeyClass::positive) return;
  for (size_t i = start; i < out->size(); ++i) (*out)[i] = static_cast<char>(~(*out)[i]);
}

}  // namespace leat

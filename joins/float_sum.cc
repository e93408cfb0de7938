#include "joins/float_sum.h"

#include <bit>
#include <cmath>
#include <limits>

#include "log/model/value_error.h"

namespace leat::joins {
namespace {

constexpr int kUnitExponent = -1074;

// A finite VALUE in units of 2^-1074.
WideInteger to_units(double value) {
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);  // value = fraction * 2^exponent
  auto mantissa = static_cast<int64_t>(std::ldexp(fraction, 53));
  int shift = exponent - 53 - kUnitExponent;
  if (shift < 0) {  // a subnormal: the bits that go are zeros
    mantissa /= int64_t{1} << -shift;
    shift = 0;
  }
  const int128 shifted = static_cast<int128>(mantissa) << (shift % 8);
  std::string bytes(static_cast<size_t>(shift / 8), '\0');
  WideInteger(shifted).append_bytes(&bytes);
  return WideInteger::of_bytes(bytes);
}

// The bits of a number that is not negative, the lowest first.
class Bits {
 public:
  explicit Bits(const WideInteger& value) { value.append_bytes(&bytes_); }

  int count() const {
    for (size_t i = bytes_.size(); i-- > 0;) {
      const auto byte = static_cast<uint8_t>(bytes_[i]);
      if (byte != 0) return static_cast<int>(i) * 8 + std::bit_width(byte);
    }
    return 0;
  }
  bool at(int index) const {
    return static_cast<uint8_t>(bytes_[static_cast<size_t>(index / 8)]) >> (index % 8) & 1;
  }
  bool any_below(int index) const {
    for (int i = 0; i < index; ++i) {
      if (at(i)) return true;
    }
    return false;
  }

 private:
  std::string bytes_;
};

// How many low bits are cut off so that PRECISION bits stay, and none below the smallest number.
int cut_bits(int count, int precision, int smallest_exponent) {
  return std::max(count - precision, smallest_exponent - kUnitExponent);
}

// VALUE * 2^-1074 to the nearest number of PRECISION bits, halves to even.
double round_units(const WideInteger& value, int precision, int smallest_exponent) {
  const Bits bits(value.sign() < 0 ? value.negated() : value);
  const int count = bits.count();
  const int cut = std::max(0, cut_bits(count, precision, smallest_exponent));
  uint64_t mantissa = 0;
  for (int i = count; i-- > cut;) mantissa = mantissa << 1 | bits.at(i);
  if (cut > 0 && cut <= count && bits.at(cut - 1)) {
    mantissa += (mantissa & 1) != 0 || bits.any_below(cut - 1);
  }
  const double magnitude = std::ldexp(static_cast<double>(mantissa), cut + kUnitExponent);
  return value.sign() < 0 ? -magnitude : magnitude;
}

}  // namespace

void FloatSum::clear() {
  count_ = 0;
  special_ = {};
  sum_ = WideInteger();
}

void FloatSum::load(ByteReader& reader) {
  count_ = reader.zigzag_varint();
  special_.load(reader);
  sum_ = WideInteger::of_bytes(reader.sized());
}

void FloatSum::store(std::string* out) const {
  append_zigzag(out, count_);
  special_.store(out);
  std::string bytes;
  sum_.append_bytes(&bytes);
  append_sized(out, bytes);
}

void FloatSum::add(const Datum& value, int32_t diff) {
  const double number = value.floating();
  count_ += diff;
  if (std::isnan(number)) {
    special_.nan += diff;
  } else if (std::isinf(number)) {
    (number > 0 ? special_.infinity : special_.negative_infinity) += diff;
  } else {
    sum_ = sum_ + to_units(number) * WideInteger(diff);
  }
}

double FloatSum::rounded_sum() const {
  if (result_type_ == TypeId::float64) return round_units(sum_, 53, kUnitExponent);
  const double rounded = round_units(sum_, 24, -149);
  const bool fits = std::abs(rounded) <= static_cast<double>(std::numeric_limits<float>::max());
  return fits ? rounded : std::copysign(std::numeric_limits<double>::infinity(), rounded);
}

ScalarResult FloatSum::result(Arena&) const {
  if (count_ == 0) return Datum::null();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (special_.sum_is_nan()) return Datum::of_float(std::numeric_limits<double>::quiet_NaN());
  if (special_.infinity != 0) return Datum::of_float(kInfinity);
  if (special_.negative_infinity != 0) return Datum::of_float(-kInfinity);
  const double sum = rounded_sum();
  if (std::isinf(sum)) return RowError{"value out of range: overflow", kNumericOutOfRange};
  return Datum::of_float(function_ == AggregateFunction::avg ? sum / static_cast<double>(count_)
                                                             : sum);
}

}  // namespace leat::joins

#include "joins/numeric_sum.h"

#include "joins/value_result.h"

namespace leat::joins {

void NumericSum::clear() {
  count_ = 0;
  special_ = {};
  count_by_scale_.clear();
  unscaled_ = WideInteger();
  scale_ = 0;
}

void NumericSum::load(ByteReader& reader) {
  clear();
  count_ = reader.zigzag_varint();
  special_.load(reader);
  for (uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
    const auto scale = reader.varint();
    if (scale > static_cast<uint64_t>(kNumericScaleMax)) return reader.fail();
    count_by_scale_[static_cast<int>(scale)] = reader.zigzag_varint();
  }
  const auto scale = reader.varint();
  if (scale > static_cast<uint64_t>(kNumericScaleMax)) return reader.fail();
  scale_ = static_cast<int>(scale);
  unscaled_ = WideInteger::of_bytes(reader.sized());
}

void NumericSum::store(std::string* out) const {
  append_zigzag(out, count_);
  special_.store(out);
  append_varint(out, count_by_scale_.size());
  for (const auto& [scale, count] : count_by_scale_) {
    append_varint(out, static_cast<uint64_t>(scale));
    append_zigzag(out, count);
  }
  append_varint(out, static_cast<uint64_t>(scale_));
  std::string bytes;
  unscaled_.append_bytes(&bytes);
  append_sized(out, bytes);
}

void NumericSum::add(const Datum& value, int32_t diff) {
  const Numeric number = Numeric::of_encoded(value.bytes());
  count_ += diff;
  switch (number.kind()) {
    case NumericKind::finite:
      return add_finite(number, diff);
    case NumericKind::nan:
      special_.nan += diff;
      return;
    case NumericKind::infinity:
      special_.infinity += diff;
      return;
    case NumericKind::negative_infinity:
      special_.negative_infinity += diff;
      return;
  }
}

void NumericSum::add_finite(const Numeric& value, int32_t diff) {
  int64_t& count = count_by_scale_[value.scale()];
  count += diff;
  if (count == 0) count_by_scale_.erase(value.scale());
  if (value.scale() > scale_) {
    unscaled_ = unscaled_.times_power_of_ten(value.scale() - scale_);
    scale_ = value.scale();
  }
  const WideInteger addend = value.unscaled().times_power_of_ten(scale_ - value.scale());
  unscaled_ = unscaled_ + addend * WideInteger(diff);
}

Numeric NumericSum::sum() const {
  if (special_.sum_is_nan()) return Numeric::special(NumericKind::nan);
  if (special_.infinity != 0) return Numeric::special(NumericKind::infinity);
  if (special_.negative_infinity != 0) return Numeric::special(NumericKind::negative_infinity);
  // Nothing but zeros is cut off: no value that is in has a larger scale.
  const int scale = count_by_scale_.empty() ? 0 : count_by_scale_.rbegin()->first;
  return Numeric(unscaled_.over_power_of_ten(scale_ - scale), scale);
}

ScalarResult NumericSum::result(Arena& arena) const {
  if (count_ == 0) return Datum::null();
  if (function_ == AggregateFunction::avg) {
    return to_scalar_result(divide(sum(), Numeric::of_int(count_)), arena);
  }
  // Adding 0 checks numeric's limits.
  return to_scalar_result(leat::add(sum(), Numeric()), arena);
}

}  // namespace leat::joins

#include "joins/integer_sum.h"

#include "joins/value_result.h"
#include "log/model/numeric.h"

namespace leat::joins {

void IntegerSum::clear() {
  count_ = 0;
  sum_ = 0;
}

void IntegerSum::load(ByteReader& reader) {
  count_ = reader.zigzag_varint();
  const auto low = reader.le<uint64_t>();
  sum_ = static_cast<int128>(reader.le<int64_t>()) << 64 | low;
}

void IntegerSum::store(std::string* out) const {
  append_zigzag(out, count_);
  append_le(out, static_cast<uint64_t>(sum_));
  append_le(out, static_cast<int64_t>(sum_ >> 64));
}

void IntegerSum::add(const Datum& value, int32_t diff) {
  count_ += diff;
  sum_ += static_cast<int128>(value.integer()) * diff;
}

ScalarResult IntegerSum::result(Arena& arena) const {
  if (count_ == 0) return Datum::null();
  const Numeric sum(WideInteger(sum_), 0);
  if (function_ == AggregateFunction::avg) {
    return to_scalar_result(divide(sum, Numeric::of_int(count_)), arena);
  }
  if (result_type_ == TypeId::numeric) return sum.to_datum(arena);
  const auto narrow = static_cast<int64_t>(sum_);
  if (narrow != sum_) return RowError{"bigint out of range", kNumericOutOfRange};
  return Datum::of_int(narrow);
}

}  // namespace leat::joins

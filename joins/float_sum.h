// sum and avg over real and double precision: the sum is exact, and rounded once when it is asked
// for. So it does not depend on the order of the values, and taking one out leaves what would be
// there without it. PostgreSQL adds in the order of its rows and rounds at each step: its result
// may differ in the last digits. (A sum that is zero is 0, never -0.)
#pragma once

#include "joins/accumulator.h"
#include "joins/special_counts.h"
#include "log/model/wide_integer.h"

namespace leat::joins {

class FloatSum final : public Accumulator {
 public:
  // RESULT_TYPE is float32 or float64.
  FloatSum(AggregateFunction function, TypeId result_type)
      : function_(function), result_type_(result_type) {}

  void clear() override;
  void load(ByteReader& reader) override;
  void store(std::string* out) const override;
  void add(const Datum& value, int32_t diff) override;
  ScalarResult result(Arena& arena) const override;

 private:
  // The sum rounded to the type's precision; infinite where it is too large.
  double rounded_sum() const;

  AggregateFunction function_;
  TypeId result_type_;
  int64_t count_ = 0;
  SpecialCounts special_;
  WideInteger sum_;  // of the finite values, in units of 2^-1074, the smallest double
};

}  // namespace leat::joins

// sum and avg over numeric: exact, with PostgreSQL's display scale (the largest of the values that
// are in), which therefore are counted by scale.
#pragma once

#include <map>

#include "joins/accumulator.h"
#include "joins/special_counts.h"
#include "log/model/numeric.h"

namespace leat::joins {

class NumericSum final : public Accumulator {
 public:
  explicit NumericSum(AggregateFunction function) : function_(function) {}

  void clear() override;
  void load(ByteReader& reader) override;
  void store(std::string* out) const override;
  void add(const Datum& value, int32_t diff) override;
  ScalarResult result(Arena& arena) const override;

 private:
  void add_finite(const Numeric& value, int32_t diff);
  Numeric sum() const;

  AggregateFunction function_;
  int64_t count_ = 0;
  SpecialCounts special_;
  std::map<int, int64_t> count_by_scale_;  // of the finite values; no zero counts
  WideInteger unscaled_;                   // the finite values' sum · 10^scale_
  int scale_ = 0;
};

}  // namespace leat::joins

// sum and avg over smallint, integer and bigint.
#pragma once

#include "joins/accumulator.h"
#include "log/model/wide_integer.h"

namespace leat::joins {

class IntegerSum final : public Accumulator {
 public:
  // RESULT_TYPE is int64 or numeric.
  IntegerSum(AggregateFunction function, TypeId result_type)
      : function_(function), result_type_(result_type) {}

  void clear() override;
  void load(ByteReader& reader) override;
  void store(std::string* out) const override;
  void add(const Datum& value, int32_t diff) override;
  ScalarResult result(Arena& arena) const override;

 private:
  AggregateFunction function_;
  TypeId result_type_;
  int64_t count_ = 0;
  int128 sum_ = 0;  // 2^63 values of 64 bits fit
};

}  // namespace leat::joins

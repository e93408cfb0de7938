#include "joins/accumulator.h"

#include "joins/float_sum.h"
#include "joins/integer_sum.h"
#include "joins/numeric_sum.h"
#include "log/model/key.h"

namespace leat::joins {
namespace {

class Count final : public Accumulator {
 public:
  void clear() override { count_ = 0; }
  void load(ByteReader& reader) override { count_ = reader.zigzag_varint(); }
  void store(std::string* out) const override { append_zigzag(out, count_); }
  void add(const Datum&, int32_t diff) override { count_ += diff; }
  ScalarResult result(Arena&) const override { return Datum::of_int(count_); }

 private:
  int64_t count_ = 0;
};

bool is_integer(TypeId type) {
  return type == TypeId::int16 || type == TypeId::int32 || type == TypeId::int64;
}
bool is_float(TypeId type) {
  return type == TypeId::float32 || type == TypeId::float64;
}

bool sum_type(TypeId argument, TypeId* out) {
  switch (argument) {
    case TypeId::int16:
    case TypeId::int32:
      *out = TypeId::int64;
      return true;
    case TypeId::int64:
    case TypeId::numeric:
      *out = TypeId::numeric;
      return true;
    case TypeId::float32:
    case TypeId::float64:
      *out = argument;
      return true;
    default:
      return false;
  }
}

}  // namespace

std::unique_ptr<Accumulator> make_accumulator(AggregateFunction function, TypeId argument) {
  TypeId result_type{};
  if (!aggregate_result_type(function, argument, &result_type)) return nullptr;
  if (function == AggregateFunction::count) return std::make_unique<Count>();
  if (function != AggregateFunction::sum && function != AggregateFunction::avg) return nullptr;
  if (is_integer(argument)) return std::make_unique<IntegerSum>(function, result_type);
  if (is_float(argument)) return std::make_unique<FloatSum>(function, result_type);
  return std::make_unique<NumericSum>(function);
}

bool aggregate_result_type(AggregateFunction function, TypeId argument, TypeId* out) {
  switch (function) {
    case AggregateFunction::count_rows:
    case AggregateFunction::count:
      *out = TypeId::int64;
      return true;
    case AggregateFunction::sum:
      return sum_type(argument, out);
    case AggregateFunction::min:
    case AggregateFunction::max:
      *out = argument;
      return type_can_be_key(argument);
    case AggregateFunction::avg:
      *out = is_float(argument) ? TypeId::float64 : TypeId::numeric;
      return is_integer(argument) || is_float(argument) || argument == TypeId::numeric;
  }
  return false;
}

}  // namespace leat::joins

// Expressions for tests of operators: any function of the row.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "joins/scalar/scalar.h"

namespace leat::joins {

class TestScalar final : public Scalar {
 public:
  using Function = std::function<ScalarResult(std::span<const Datum>)>;

  TestScalar(Type type, Function function) : Scalar(type), function_(std::move(function)) {}

  ScalarResult evaluate(std::span<const Datum> row, Arena&) const override {
    return function_(row);
  }
  ScalarPtr with_children(std::vector<ScalarPtr>) const override { return nullptr; }
  void print(std::string* out) const override { out->append("test"); }

 private:
  Function function_;
};

inline ScalarPtr test_column(int index, Type type) {
  return std::make_shared<TestScalar>(type, [index](std::span<const Datum> row) -> ScalarResult {
    return row[static_cast<size_t>(index)];
  });
}

// The sum of two integer columns as bigint; NULL with NULL. A multiple of 7 is an error.
inline ScalarPtr test_sum(int left, int right) {
  auto sum = [left, right](std::span<const Datum> row) -> ScalarResult {
    const Datum& a = row[static_cast<size_t>(left)];
    const Datum& b = row[static_cast<size_t>(right)];
    if (a.is_null() || b.is_null()) return Datum::null();
    const int64_t result = a.integer() + b.integer();
    if (result % 7 == 0) return RowError{"unlucky " + std::to_string(result), "22000"};
    return Datum::of_int(result);
  };
  return std::make_shared<TestScalar>(Type{TypeId::int64}, sum);
}

// True, false or NULL as the integer column is odd, even or NULL; 4 is an error.
inline ScalarPtr test_is_odd(int column) {
  auto is_odd = [column](std::span<const Datum> row) -> ScalarResult {
    const Datum& value = row[static_cast<size_t>(column)];
    if (value.is_null()) return Datum::null();
    if (value.integer() == 4) return RowError{"four", "22000"};
    return Datum::of_bool(value.integer() % 2 != 0);
  };
  return std::make_shared<TestScalar>(Type{TypeId::boolean}, is_odd);
}

}  // namespace leat::joins

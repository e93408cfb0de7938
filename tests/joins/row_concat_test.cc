#include "joins/row_concat.h"

#include <catch2/catch.hpp>

#include "tests/joins/rows.h"
#include "tests/support/random.h"

namespace leat::joins {
namespace {

RowType int_columns(size_t count) {
  return RowType(count, Type{TypeId::int32});
}

Values random_values(test::Random& random, size_t count) {
  Values out;
  for (size_t i = 0; i < count; ++i) {
    if (random.one_in(3)) {
      out.emplace_back(nullptr);
    } else {
      out.emplace_back(random.between(-5, 5));
    }
  }
  return out;
}

TEST_CASE("ConcatenatedRowsEqualTheRowOfAllValuesWhateverTheColumnCounts") {
  const uint64_t seed = test::seed();
  INFO("LEAT_SEED=" << seed);
  test::Random random(seed);
  Arena arena;
  for (size_t left = 0; left <= 18; ++left) {
    for (size_t right = 0; right <= 18; ++right) {
      const Values left_values = random_values(random, left);
      const Values right_values = random_values(random, right);
      Values both = left_values;
      both.insert(both.end(), right_values.begin(), right_values.end());
      const std::string left_row = make_row(int_columns(left), left_values);
      const std::string right_row = make_row(int_columns(right), right_values);
      CHECK(concat_rows(left_row, left, right_row, right, arena) ==
            make_row(int_columns(left + right), both));
      Values with_nulls = left_values;
      for (size_t i = 0; i < right; ++i) with_nulls.emplace_back(nullptr);
      CHECK(concat_nulls(left_row, left, right, arena) ==
            make_row(int_columns(left + right), with_nulls));
    }
  }
}

}  // namespace
}  // namespace leat::joins

// The accumulators of sum and avg: exactness, taking out, and their stored form.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "joins/accumulator.h"
#include "tests/joins/rows.h"
#include "tests/support/random.h"

namespace leat::joins {
namespace {

std::unique_ptr<Accumulator> sum_of(TypeId type) {
  auto out = make_accumulator(AggregateFunction::sum, type);
  out->clear();
  return out;
}

double result(const Accumulator& sum) {
  Arena arena;
  return sum.result(arena).value().floating();
}

void add(Accumulator& sum, double value, int32_t diff = 1) {
  sum.add(Datum::of_float(value), diff);
}

std::string stored(const Accumulator& sum) {
  std::string out;
  sum.store(&out);
  return out;
}

TEST_CASE("ASumOfFloatsIsRoundedOnce") {
  auto sum = sum_of(TypeId::float64);
  for (double value : {1e100, 1.0, -1e100}) add(*sum, value);
  CHECK(result(*sum) == 1.0);
  sum = sum_of(TypeId::float64);
  for (int i = 0; i < 10; ++i) add(*sum, 0.1);
  CHECK(result(*sum) == 1.0);
}

TEST_CASE("HalvesOfTheLastBitRoundToEven") {
  auto sum = sum_of(TypeId::float64);
  add(*sum, std::ldexp(1, 53));
  add(*sum, 1.0);
  CHECK(result(*sum) == std::ldexp(1, 53));
  add(*sum, std::numeric_limits<double>::denorm_min());
  CHECK(result(*sum) == std::ldexp(1, 53) + 2);
  add(*sum, std::numeric_limits<double>::denorm_min(), -1);
  add(*sum, 2.0);
  CHECK(result(*sum) == std::ldexp(1, 53) + 4);
  add(*sum, -std::ldexp(1, 54) - 6);
  CHECK(result(*sum) == -std::ldexp(1, 53) - 4 + 1);
}

TEST_CASE("ARealSumIsRoundedToItsOwnPrecision") {
  auto sum = sum_of(TypeId::float32);
  add(*sum, 16777216.0);
  add(*sum, 1.0);
  CHECK(result(*sum) == 16777216.0);
  add(*sum, std::numeric_limits<float>::denorm_min());
  CHECK(result(*sum) == 16777218.0);
  sum = sum_of(TypeId::float32);
  add(*sum, std::numeric_limits<float>::denorm_min(), 3);
  CHECK(result(*sum) == 3 * static_cast<double>(std::numeric_limits<float>::denorm_min()));
  sum = sum_of(TypeId::float32);
  add(*sum, std::numeric_limits<float>::max(), 2);
  Arena arena;
  CHECK(!sum->result(arena).ok());
}

TEST_CASE("SpecialFloatsDecideWhileTheyAreIn") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  auto sum = sum_of(TypeId::float64);
  add(*sum, 1.5);
  add(*sum, kInfinity);
  CHECK(result(*sum) == kInfinity);
  add(*sum, -kInfinity);
  CHECK(std::isnan(result(*sum)));
  add(*sum, kInfinity, -1);
  CHECK(result(*sum) == -kInfinity);
  add(*sum, -kInfinity, -1);
  CHECK(result(*sum) == 1.5);
}

// Any double, extremes and subnormals among them.
double random_double(test::Random& random) {
  const auto mantissa = static_cast<double>(random.between(-(int64_t{1} << 53), int64_t{1} << 53));
  return std::ldexp(mantissa, static_cast<int>(random.between(-1100, 900)));
}

TEST_CASE("WhatIsTakenOutLeavesTheSumOfTheRestAlsoThroughItsStoredForm") {
  const uint64_t seed = test::seed();
  INFO("LEAT_SEED=" << seed);
  test::Random random(seed);
  for (int round = 0; round < 50; ++round) {
    auto all = sum_of(TypeId::float64);
    auto kept = sum_of(TypeId::float64);
    std::vector<double> gone;
    for (size_t n = 1 + random.below(30); n-- > 0;) {
      const double value = random_double(random);
      add(*all, value);
      if (random.one_in(2)) {
        gone.push_back(value);
      } else {
        add(*kept, value);
      }
    }
    auto reloaded = sum_of(TypeId::float64);
    const std::string bytes = stored(*all);
    ByteReader reader(bytes);
    reloaded->load(reader);
    REQUIRE(reader.done());
    for (double value : gone) add(*reloaded, value, -1);
    CHECK(stored(*reloaded) == stored(*kept));
  }
}

TEST_CASE("ASumOfOneFloatIsThatFloat") {
  const uint64_t seed = test::seed();
  INFO("LEAT_SEED=" << seed);
  test::Random random(seed);
  for (int round = 0; round < 2000; ++round) {
    const double value = random_double(random);
    auto sum = sum_of(TypeId::float64);
    add(*sum, value);
    CHECK(result(*sum) == value);
  }
}

TEST_CASE("ATruncatedStateFailsItsReader") {
  Arena arena;
  for (TypeId type : {TypeId::int32, TypeId::float64, TypeId::numeric}) {
    auto sum = sum_of(type);
    const Value value = type == TypeId::int32     ? Value(number(7))
                        : type == TypeId::float64 ? Value(0.1)
                                                  : Value("123456789012345678901.5");
    sum->add(to_datum({type}, value, arena), 1);
    const std::string whole = stored(*sum);
    for (size_t size = 0; size < whole.size(); ++size) {
      ByteReader reader(std::string_view(whole).substr(0, size));
      sum_of(type)->load(reader);
      CHECK(!reader.ok());
    }
  }
}

}  // namespace
}  // namespace leat::joins

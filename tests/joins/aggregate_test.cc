#include <catch2/catch.hpp>
#include <limits>

#include "joins/accumulator.h"
#include "tests/joins/fixture.h"

namespace leat::joins {
namespace {

const RowType kType = {{TypeId::int64}, {TypeId::text},    {TypeId::int32},
                       {TypeId::int64}, {TypeId::float64}, {TypeId::numeric}};
enum Column : int { id, city, small, big, real, exact };

PlanPtr grouped(std::vector<int> group_columns, std::vector<AggregateCall> calls) {
  RowType type;
  std::vector<int> key;
  for (int column : group_columns) {
    key.push_back(static_cast<int>(type.size()));
    type.push_back(kType[static_cast<size_t>(column)]);
  }
  for (const AggregateCall& call : calls) type.push_back(call.result_type);
  return make_plan(std::move(type), std::move(key),
                   Aggregate{whole_topic("t", kType), std::move(group_columns), std::move(calls)});
}

AggregateCall call(AggregateFunction function, int argument, TypeId result) {
  return {function, argument, {result}};
}

const AggregateCall kCountRows = call(AggregateFunction::count_rows, -1, TypeId::int64);

// A row of which only one column matters.
Values row(int64_t row_id, int column, Value value, std::string in_city = "x") {
  Values out = {row_id, std::move(in_city), nullptr, nullptr, nullptr, nullptr};
  if (column != id) out[static_cast<size_t>(column)] = std::move(value);
  return out;
}

TEST_CASE("AGroupComesWithItsFirstRowAndVanishesWithItsLast") {
  Fixture flow(grouped({city}, {kCountRows}));
  flow.add("t", kType, row(1, id, nullptr, "bath"));
  flow.add("t", kType, row(2, id, nullptr, "york"));
  CHECK(flow.step() == "+bath,1; +york,1");
  flow.add("t", kType, row(3, id, nullptr, "bath"));
  flow.add("t", kType, row(2, id, nullptr, "york"), -1);
  CHECK(flow.step() == "+bath,2; -bath,1; -york,1");
}

TEST_CASE("NullsAreOneGroup") {
  Fixture flow(grouped({small}, {kCountRows}));
  flow.add("t", kType, row(1, small, nullptr));
  flow.add("t", kType, row(2, small, nullptr));
  CHECK(flow.step() == "+NULL,2");
}

TEST_CASE("WithoutGroupsThereIsOneRowAlsoOverNothing") {
  Fixture flow(grouped({}, {kCountRows, call(AggregateFunction::sum, small, TypeId::int64),
                            call(AggregateFunction::max, city, TypeId::text)}));
  CHECK(flow.step() == "+0,NULL,NULL");
  CHECK(flow.step() == "");
  flow.add("t", kType, row(1, small, number(5)));
  CHECK(flow.step() == "+1,5,x; -0,NULL,NULL");
  flow.add("t", kType, row(1, small, number(5)), -1);
  CHECK(flow.step() == "+0,NULL,NULL; -1,5,x");
}

TEST_CASE("AGroupShowsAValueThatSomeOfItsRowsHave") {
  Fixture flow(grouped({exact}, {kCountRows}));
  flow.add("t", kType, row(1, exact, "1.0"));
  CHECK(flow.step() == "+1.0,1");
  flow.add("t", kType, row(1, exact, "1.0"), -1);
  flow.add("t", kType, row(1, exact, "1.00"), +1);
  CHECK(flow.step() == "+1.00,1; -1.0,1");
  flow.add("t", kType, row(2, exact, "1.0"));
  CHECK(flow.step() == "+1.0,2; -1.00,1");
  flow.add("t", kType, row(2, exact, "1.0"), -1);
  CHECK(flow.step() == "+1.00,1; -1.0,2");
}

TEST_CASE("CountOfAColumnLeavesNullsOut") {
  Fixture flow(grouped({}, {kCountRows, call(AggregateFunction::count, small, TypeId::int64)}));
  flow.add("t", kType, row(1, small, number(5)));
  flow.add("t", kType, row(2, small, nullptr));
  CHECK(flow.step() == "+2,1");
}

TEST_CASE("AChangeThatLeavesTheAggregatesAsTheyAreGivesNothing") {
  Fixture flow(grouped({city}, {kCountRows}));
  flow.add("t", kType, row(1, small, number(5)));
  flow.step();
  flow.add("t", kType, row(1, small, number(5)), -1);
  flow.add("t", kType, row(1, small, number(6)), +1);
  CHECK(flow.step() == "");
}

TEST_CASE("SumAndAvgOfIntegersHavePostgresTypes") {
  Fixture flow(grouped({}, {call(AggregateFunction::sum, small, TypeId::int64),
                            call(AggregateFunction::avg, small, TypeId::numeric)}));
  for (int64_t i = 1; i <= 3; ++i) flow.add("t", kType, row(i, small, i * i));
  CHECK(flow.step() == "+14,4.6666666666666667");
}

TEST_CASE("TheSumOfBigintsIsANumericThatDoesNotOverflow") {
  Fixture flow(grouped({}, {call(AggregateFunction::sum, big, TypeId::numeric)}));
  const int64_t largest = std::numeric_limits<int64_t>::max();
  flow.add("t", kType, row(1, big, largest));
  flow.add("t", kType, row(2, big, largest));
  CHECK(flow.step() == "+18446744073709551614");
}

TEST_CASE("ASumOfNumericsHasTheLargestScaleThatIsIn") {
  Fixture flow(grouped({}, {call(AggregateFunction::sum, exact, TypeId::numeric)}));
  flow.add("t", kType, row(1, exact, "1.5"));
  flow.add("t", kType, row(2, exact, "2.250"));
  CHECK(flow.step() == "+3.750");
  flow.add("t", kType, row(2, exact, "2.250"), -1);
  CHECK(flow.step() == "+1.5; -3.750");
}

TEST_CASE("NaNAndInfinityOfNumericsDecideWhileTheyAreIn") {
  Fixture flow(grouped({}, {call(AggregateFunction::sum, exact, TypeId::numeric),
                            call(AggregateFunction::avg, exact, TypeId::numeric)}));
  flow.add("t", kType, row(1, exact, "1"));
  flow.add("t", kType, row(2, exact, "Infinity"));
  CHECK(flow.step() == "+Infinity,Infinity");
  flow.add("t", kType, row(3, exact, "-Infinity"));
  CHECK(flow.step() == "+NaN,NaN; -Infinity,Infinity");
  flow.add("t", kType, row(2, exact, "Infinity"), -1);
  flow.add("t", kType, row(3, exact, "-Infinity"), -1);
  CHECK(flow.step() == "+1,1.00000000000000000000; -NaN,NaN");
}

TEST_CASE("MinAndMaxFindTheNextWhenTheBestGoes") {
  Fixture flow(grouped({city}, {call(AggregateFunction::min, small, TypeId::int32),
                                call(AggregateFunction::max, small, TypeId::int32)}));
  for (int64_t i = 1; i <= 4; ++i) flow.add("t", kType, row(i, small, i * 10));
  flow.add("t", kType, row(5, small, number(10)));
  flow.add("t", kType, row(6, small, nullptr));
  CHECK(flow.step() == "+x,10,40");
  flow.add("t", kType, row(4, small, number(40)), -1);
  flow.add("t", kType, row(1, small, number(10)), -1);
  CHECK(flow.step() == "+x,10,30; -x,10,40");
  flow.add("t", kType, row(5, small, number(10)), -1);
  CHECK(flow.step() == "+x,20,30; -x,10,30");
  for (int64_t i = 2; i <= 3; ++i) flow.add("t", kType, row(i, small, i * 10), -1);
  CHECK(flow.step() == "+x,NULL,NULL; -x,20,30");
}

TEST_CASE("MinAndMaxTakeAnyNumberOfValuesInOneStep") {
  Fixture flow(grouped({city}, {call(AggregateFunction::min, id, TypeId::int64),
                                call(AggregateFunction::max, id, TypeId::int64)}));
  constexpr int64_t kRows = 20'000;
  for (int64_t i = 1; i <= kRows; ++i) {
    flow.add("t", kType, row(i, id, nullptr, i % 2 == 0 ? "even" : "odd"));
  }
  CHECK(flow.step() == "+even,2,20000; +odd,1,19999");
  for (int64_t i = 11; i <= kRows; ++i) {
    flow.add("t", kType, row(i, id, nullptr, i % 2 == 0 ? "even" : "odd"), -1);
  }
  CHECK(flow.step() == "+even,2,10; +odd,1,9; -even,2,20000; -odd,1,19999");
}

TEST_CASE("NaNIsTheGreatestFloat") {
  Fixture flow(grouped({}, {call(AggregateFunction::max, real, TypeId::float64)}));
  flow.add("t", kType, row(1, real, std::numeric_limits<double>::infinity()));
  CHECK(flow.step() == "+inf");
  flow.add("t", kType, row(2, real, std::numeric_limits<double>::quiet_NaN()));
  CHECK(flow.step() == "+nan; -inf");
}

TEST_CASE("ABigintSumOutOfRangeIsAnErrorInPlaceOfTheRow") {
  // Only a sum of 2^32 rows gets there by itself, so the accumulator is fed with a large
  // difference.
  const auto sum = make_accumulator(AggregateFunction::sum, TypeId::int32);
  sum->clear();
  for (int i = 0; i < 3; ++i) sum->add(Datum::of_int(INT32_MAX), INT32_MAX);
  Arena arena;
  auto result = sum->result(arena);
  REQUIRE(!result.ok());
  CHECK(result.error().message == "bigint out of range");
  CHECK(result.error().sqlstate == "22003");
  for (int i = 0; i < 2; ++i) sum->add(Datum::of_int(INT32_MAX), -INT32_MAX);
  CHECK(sum->result(arena).ok());
}

TEST_CASE("AFloatSumThatOverflowsIsAnErrorUntilItDoesNot") {
  Fixture flow(grouped({city}, {call(AggregateFunction::sum, real, TypeId::float64)}));
  const double largest = std::numeric_limits<double>::max();
  flow.add("t", kType, row(1, real, largest));
  flow.add("t", kType, row(2, real, largest));
  CHECK(flow.step() == "+!value out of range: overflow");
  flow.add("t", kType, row(3, real, -largest));
  const std::string text = std::to_string(largest);
  CHECK(flow.step() == "+x," + text + "; -!value out of range: overflow");
}

TEST_CASE("AnAggregateThatDoesNotExistIsRefused") {
  auto state = StateUnit::in_memory(1 << 20);
  const auto plan = grouped({}, {call(AggregateFunction::sum, city, TypeId::text)});
  auto made = Dataflow::create("test", *plan, *state, true);
  REQUIRE(!made.ok());
  CHECK(made.error().message() == "sum(text) is not supported");
}

}  // namespace
}  // namespace leat::joins

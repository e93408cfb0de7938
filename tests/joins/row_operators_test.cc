// Input, filter and map.
#include <catch2/catch.hpp>

#include "tests/joins/fixture.h"
#include "tests/joins/test_scalar.h"

namespace leat::joins {
namespace {

const RowType kType = {{TypeId::int64}, {TypeId::int64}, {TypeId::text}};

PlanPtr filtered() {
  return make_plan(kType, {0}, Filter{whole_topic("t", kType), test_is_odd(1)});
}

PlanPtr mapped() {
  Map map;
  map.input = whole_topic("t", kType);
  map.columns = {test_column(0, {TypeId::int64}), test_sum(0, 1)};
  return make_plan({{TypeId::int64}, {TypeId::int64}}, {0}, std::move(map));
}

TEST_CASE("AnInputGivesOnlyTheColumnsThatAreUsedInTheirOrder") {
  Fixture flow(make_plan({{TypeId::text}, {TypeId::int64}}, {1}, Input{"t", {2, 0}, kType}));
  flow.add("t", kType, {number(1), number(2), "a"});
  CHECK(flow.step() == "+a,1");
}

TEST_CASE("AChangeOfAColumnThatIsNotUsedGivesNothing") {
  Fixture flow(make_plan({{TypeId::int64}, {TypeId::text}}, {0}, Input{"t", {0, 2}, kType}));
  flow.add("t", kType, {number(1), number(2), "a"});
  flow.step();
  flow.add("t", kType, {number(1), number(2), "a"}, -1);
  flow.add("t", kType, {number(1), number(3), "a"}, +1);
  CHECK(flow.step() == "");
}

TEST_CASE("ARowThatIsNoRowOfTheTopicIsAPermanentError") {
  Fixture flow(make_plan({{TypeId::int64}}, {0}, Input{"t", {0}, kType}));
  flow.dataflow().add_input("t", "x", 1);
  auto output = flow.dataflow().step();
  REQUIRE(!output.ok());
  CHECK(!output.error().is_transient());
}

TEST_CASE("AFilterPassesTrueAndNeitherFalseNorNull") {
  Fixture flow(filtered());
  flow.add("t", kType, {number(1), number(1), "odd"});
  flow.add("t", kType, {number(2), number(2), "even"});
  flow.add("t", kType, {number(3), nullptr, "null"});
  CHECK(flow.step() == "+1,1,odd");
}

TEST_CASE("AnUpdateCanEnterOrLeaveAFilter") {
  Fixture flow(filtered());
  flow.add("t", kType, {number(1), number(1), "a"});
  flow.add("t", kType, {number(2), number(2), "b"});
  flow.step();
  flow.add("t", kType, {number(1), number(1), "a"}, -1);
  flow.add("t", kType, {number(1), number(6), "a"}, +1);
  flow.add("t", kType, {number(2), number(2), "b"}, -1);
  flow.add("t", kType, {number(2), number(3), "b"}, +1);
  CHECK(flow.step() == "+2,3,b; -1,1,a");
}

TEST_CASE("AConditionThatFailsIsAnErrorUntilItsRowGoes") {
  Fixture flow(filtered());
  flow.add("t", kType, {number(1), number(4), "a"});
  CHECK(flow.step() == "+!four");
  flow.add("t", kType, {number(1), number(4), "a"}, -1);
  flow.add("t", kType, {number(1), number(5), "a"}, +1);
  CHECK(flow.step() == "+1,5,a; -!four");
}

TEST_CASE("AnExpressionThatFailsLeavesItsRowOutUntilItsRowGoes") {
  Fixture flow(mapped());
  flow.add("t", kType, {number(3), number(4), "a"});
  flow.add("t", kType, {number(4), number(4), "b"});
  CHECK(flow.step() == "+!unlucky 7; +4,8");
  flow.add("t", kType, {number(3), number(4), "a"}, -1);
  CHECK(flow.step() == "-!unlucky 7");
}

TEST_CASE("TwoRowsWithTheSameErrorAreTwoErrors") {
  Fixture flow(mapped());
  flow.add("t", kType, {number(3), number(4), "a"});
  flow.add("t", kType, {number(5), number(2), "b"});
  CHECK(flow.step() == "+!unlucky 7; +!unlucky 7");
  flow.add("t", kType, {number(5), number(2), "b"}, -1);
  CHECK(flow.step() == "-!unlucky 7");
}

TEST_CASE("AnErrorThatComesAndGoesInOneStepIsNotSeen") {
  Fixture flow(mapped());
  flow.add("t", kType, {number(3), number(4), "a"});
  flow.add("t", kType, {number(3), number(4), "a"}, -1);
  CHECK(flow.step() == "");
}

}  // namespace
}  // namespace leat::joins

#include <catch2/catch.hpp>

#include "tests/joins/fixture.h"

namespace leat::joins {
namespace {

const RowType kOrders = {{TypeId::int64}, {TypeId::int32}};    // id, customer
const RowType kCustomers = {{TypeId::int64}, {TypeId::text}};  // id, name
const RowType kJoined = {{TypeId::int64}, {TypeId::int32}, {TypeId::int64}, {TypeId::text}};

PlanPtr many_to_one(JoinKind kind) {
  return make_plan(
      kJoined, {0},
      Join{kind, whole_topic("orders", kOrders), whole_topic("customers", kCustomers), {1}, {0}});
}

// Customers with their orders: several matches a row.
PlanPtr one_to_many(JoinKind kind) {
  return make_plan(
      {{TypeId::int64}, {TypeId::text}, {TypeId::int64}, {TypeId::int32}}, {0, 2},
      Join{kind, whole_topic("customers", kCustomers), whole_topic("orders", kOrders), {0}, {1}});
}

void order(Fixture& flow, int64_t id, const Value& customer, int32_t diff = 1) {
  flow.add("orders", kOrders, {id, customer}, diff);
}
void customer(Fixture& flow, int64_t id, const std::string& name, int32_t diff = 1) {
  flow.add("customers", kCustomers, {id, name}, diff);
}

TEST_CASE("RowsOfBothSidesMeetInOneStepOrInTwo") {
  Fixture flow(many_to_one(JoinKind::inner));
  order(flow, 1, number(10));
  customer(flow, 10, "ann");
  CHECK(flow.step() == "+1,10,10,ann");
  order(flow, 2, number(10));
  CHECK(flow.step() == "+2,10,10,ann");
  order(flow, 3, number(11));
  CHECK(flow.step() == "");
  customer(flow, 11, "bob");
  CHECK(flow.step() == "+3,11,11,bob");
}

TEST_CASE("AChangeOfTheOneSideChangesAllItsRowsOnce") {
  Fixture flow(many_to_one(JoinKind::inner));
  customer(flow, 10, "ann");
  order(flow, 1, number(10));
  order(flow, 2, number(10));
  flow.step();
  customer(flow, 10, "ann", -1);
  customer(flow, 10, "eve", +1);
  CHECK(flow.step() == "+1,10,10,eve; +2,10,10,eve; -1,10,10,ann; -2,10,10,ann");
}

TEST_CASE("BothSidesOfAPairMayChangeInOneStep") {
  Fixture flow(many_to_one(JoinKind::inner));
  customer(flow, 10, "ann");
  customer(flow, 11, "bob");
  order(flow, 1, number(10));
  flow.step();
  customer(flow, 10, "ann", -1);
  customer(flow, 11, "bob", -1);
  customer(flow, 11, "rob", +1);
  order(flow, 1, number(10), -1);
  order(flow, 1, number(11), +1);
  CHECK(flow.step() == "+1,11,11,rob; -1,10,10,ann");
}

TEST_CASE("WhatComesAndGoesInOneStepGivesNothing") {
  Fixture flow(many_to_one(JoinKind::left));
  customer(flow, 10, "ann");
  order(flow, 1, number(10));
  order(flow, 1, number(10), -1);
  CHECK(flow.step() == "");
}

TEST_CASE("NullMatchesNothingNotEvenNull") {
  Fixture inner(many_to_one(JoinKind::inner));
  order(inner, 1, nullptr);
  CHECK(inner.step() == "");
  Fixture left(one_to_many(JoinKind::left));
  customer(left, 1, "ann");
  order(left, 7, nullptr);
  CHECK(left.step() == "+1,ann,NULL,NULL");
}

TEST_CASE("ALeftRowWithoutAMatchIsExtendedWithNulls") {
  Fixture flow(many_to_one(JoinKind::left));
  order(flow, 1, number(10));
  order(flow, 2, nullptr);
  CHECK(flow.step() == "+1,10,NULL,NULL; +2,NULL,NULL,NULL");
  order(flow, 2, nullptr, -1);
  CHECK(flow.step() == "-2,NULL,NULL,NULL");
}

TEST_CASE("TheFirstMatchTakesTheNullRowAwayAndTheLastOneBringsItBack") {
  Fixture flow(one_to_many(JoinKind::left));
  customer(flow, 10, "ann");
  CHECK(flow.step() == "+10,ann,NULL,NULL");
  order(flow, 1, number(10));
  CHECK(flow.step() == "+10,ann,1,10; -10,ann,NULL,NULL");
  order(flow, 2, number(10));
  CHECK(flow.step() == "+10,ann,2,10");
  order(flow, 1, number(10), -1);
  CHECK(flow.step() == "-10,ann,1,10");
  order(flow, 2, number(10), -1);
  CHECK(flow.step() == "+10,ann,NULL,NULL; -10,ann,2,10");
}

TEST_CASE("AMatchReplacedByAnotherNeverShowsTheNullRow") {
  Fixture flow(one_to_many(JoinKind::left));
  customer(flow, 10, "ann");
  order(flow, 1, number(10));
  flow.step();
  order(flow, 1, number(10), -1);
  order(flow, 2, number(10), +1);
  CHECK(flow.step() == "+10,ann,2,10; -10,ann,1,10");
}

TEST_CASE("ALeftRowAndItsMatchMayComeAndGoTogether") {
  Fixture flow(one_to_many(JoinKind::left));
  customer(flow, 10, "ann");
  order(flow, 1, number(10));
  CHECK(flow.step() == "+10,ann,1,10");
  customer(flow, 10, "ann", -1);
  order(flow, 1, number(10), -1);
  CHECK(flow.step() == "-10,ann,1,10");
}

TEST_CASE("ATableJoinedWithItselfSeesItsOwnChanges") {
  const RowType type = {{TypeId::int64}, {TypeId::int64}};  // id, manager
  Fixture flow(make_plan(
      {{TypeId::int64}, {TypeId::int64}, {TypeId::int64}, {TypeId::int64}}, {0},
      Join{JoinKind::inner, whole_topic("staff", type), whole_topic("staff", type), {1}, {0}}));
  CHECK(flow.dataflow().topics() == std::vector<std::string>{"staff"});
  flow.add("staff", type, {number(1), number(1)});
  flow.add("staff", type, {number(2), number(1)});
  CHECK(flow.step() == "+1,1,1,1; +2,1,1,1");
  flow.add("staff", type, {number(1), number(1)}, -1);
  flow.add("staff", type, {number(1), number(2)}, +1);
  CHECK(flow.step() == "+1,2,2,1; +2,1,1,2; -1,1,1,1; -2,1,1,1");
}

TEST_CASE("ATopicReadTwiceIsNamedOnce") {
  Fixture flow(make_plan({{TypeId::int64}, {TypeId::int32}, {TypeId::int64}, {TypeId::int32}},
                         {0, 2},
                         Join{JoinKind::inner,
                              whole_topic("orders", kOrders),
                              whole_topic("orders", kOrders),
                              {1},
                              {1}}));
  CHECK(flow.dataflow().topics().size() == 1);
}

}  // namespace
}  // namespace leat::joins

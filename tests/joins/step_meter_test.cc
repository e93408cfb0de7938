// What a step holds, and that it ends where its guard says so.
#include "joins/step_meter.h"

#include <catch2/catch.hpp>

#include "tests/joins/fixture.h"
#include "tests/joins/test_scalar.h"

namespace leat::joins {
namespace {

const RowType kType = {{TypeId::int64}, {TypeId::int64}};
const RowType kWide = {{TypeId::int64}, {TypeId::text}};
constexpr size_t kTextBytes = 10'000;

// The first column, and a text that every row has; each evaluation is counted.
PlanPtr widened(PlanPtr input, int* evaluations) {
  static const std::string text(kTextBytes, 'x');
  Map map;
  map.input = std::move(input);
  auto widen = [evaluations](std::span<const Datum>) -> ScalarResult {
    ++*evaluations;
    return Datum::of_bytes(text);
  };
  map.columns = {test_column(0, {TypeId::int64}),
                 std::make_shared<TestScalar>(Type{TypeId::text}, widen)};
  return make_plan(kWide, {0}, std::move(map));
}

PlanPtr grouped(PlanPtr input, std::vector<int> columns, std::vector<AggregateCall> calls) {
  RowType type;
  std::vector<int> key;
  for (int column : columns) {
    key.push_back(static_cast<int>(type.size()));
    type.push_back(input->row_type[static_cast<size_t>(column)]);
  }
  for (const AggregateCall& call : calls) type.push_back(call.result_type);
  return make_plan(std::move(type), std::move(key),
                   Aggregate{std::move(input), std::move(columns), std::move(calls)});
}

// Allows so many bytes, and keeps what it was asked.
struct TestGuard {
  size_t bytes_max = SIZE_MAX;
  size_t asked = 0;
  size_t bytes = 0;  // as of the last look

  StepGuard guard() {
    return [this](size_t held) {
      ++asked;
      bytes = held;
      return held <= bytes_max;
    };
  }
};

void add_rows(Fixture& flow, int from, int to) {
  for (int id = from; id < to; ++id) flow.add("t", kType, {number(id), number(id % 2)});
}

TEST_CASE("AComputedRowBeyondTheBudgetEndsTheStepAtOnce") {
  TestGuard guard{.bytes_max = 10 * kTextBytes};
  int evaluations = 0;
  Fixture flow(widened(whole_topic("t", kType), &evaluations), guard.guard());
  add_rows(flow, 0, 1000);
  auto output = flow.dataflow().step();
  REQUIRE(!output.ok());
  CHECK(!output.error().is_transient());
  CHECK(evaluations <= 10);
}

TEST_CASE("WhatOperatorsHoldIsAddedUp") {
  TestGuard guard;
  int evaluations = 0;
  PlanPtr once = widened(whole_topic("t", kType), &evaluations);
  Fixture flow(widened(widened(std::move(once), &evaluations), &evaluations), guard.guard());
  add_rows(flow, 0, 100);
  REQUIRE(flow.dataflow().step().ok());
  CHECK(guard.bytes > 3 * 100 * kTextBytes);
  CHECK(guard.bytes < 4 * 100 * kTextBytes);
}

TEST_CASE("AStepBeginsWithNothingHeld") {
  TestGuard guard{.bytes_max = 100 * kTextBytes};
  int evaluations = 0;
  Fixture flow(widened(whole_topic("t", kType), &evaluations), guard.guard());
  for (int step = 0; step < 5; ++step) {
    add_rows(flow, step * 90, step * 90 + 90);
    CHECK(flow.dataflow().step().ok());
  }
}

TEST_CASE("GroupKeysAndExtremesAreHeld") {
  TestGuard guard;
  int evaluations = 0;
  const AggregateCall max{AggregateFunction::max, 1, {TypeId::text}};
  Fixture keys(grouped(widened(whole_topic("t", kType), &evaluations), {1, 0}, {}), guard.guard());
  add_rows(keys, 0, 100);
  REQUIRE(keys.dataflow().step().ok());
  CHECK(guard.bytes > 3 * 100 * kTextBytes);  // the rows, the keys, what is given

  Fixture extremes(grouped(widened(whole_topic("t", kType), &evaluations), {0}, {max}),
                   guard.guard());
  add_rows(extremes, 0, 100);
  REQUIRE(extremes.dataflow().step().ok());
  CHECK(guard.bytes > 3 * 100 * kTextBytes);  // the rows, the values, what is given
}

TEST_CASE("JoinKeysAreHeld") {
  TestGuard guard;
  int evaluations = 0;
  RowType joined = kWide;
  joined.insert(joined.end(), kWide.begin(), kWide.end());
  Join join{JoinKind::inner,
            widened(whole_topic("t", kType), &evaluations),
            widened(whole_topic("u", kType), &evaluations),
            {1},
            {1}};
  Fixture flow(make_plan(joined, {0, 2}, std::move(join)), guard.guard());
  add_rows(flow, 0, 100);
  REQUIRE(flow.dataflow().step().ok());
  CHECK(guard.bytes > 2 * 100 * kTextBytes);  // no partner: the rows and their keys
}

TEST_CASE("ErrorsAreHeld") {
  TestGuard guard;
  Map map;
  map.input = whole_topic("t", kType);
  auto fail = [](std::span<const Datum>) -> ScalarResult {
    return RowError{std::string(kTextBytes, 'e'), "22000"};
  };
  map.columns = {std::make_shared<TestScalar>(Type{TypeId::int64}, fail)};
  Fixture flow(make_plan({{TypeId::int64}}, {0}, std::move(map)), guard.guard());
  add_rows(flow, 0, 100);
  REQUIRE(flow.dataflow().step().ok());
  CHECK(guard.bytes > 100 * kTextBytes);
}

TEST_CASE("AFilterAsksForEachRowAlsoWhereNonePasses") {
  TestGuard guard;
  auto none = [](std::span<const Datum>) -> ScalarResult { return Datum::of_bool(false); };
  ScalarPtr condition = std::make_shared<TestScalar>(Type{TypeId::boolean}, none);
  Fixture flow(make_plan(kType, {0}, Filter{whole_topic("t", kType), condition}), guard.guard());
  add_rows(flow, 0, 100);
  REQUIRE(flow.dataflow().step().ok());
  CHECK(guard.asked > 100);
}

}  // namespace
}  // namespace leat::joins

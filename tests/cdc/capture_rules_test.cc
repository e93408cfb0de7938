#include "cdc/postgres/capture_rules.h"

#include <catch2/catch.hpp>

#include "cdc/schema_difference.h"

namespace leat::cdc {
namespace {

constexpr uint32_t kInt4 = 23;
constexpr uint32_t kText = 25;
constexpr uint32_t kVarchar = 1043;
constexpr uint32_t kNumeric = 1700;
constexpr uint32_t kPoint = 600;
constexpr uint32_t kJson = 114;

ColumnFacts column(int number, const std::string& name, uint32_t oid) {
  ColumnFacts out;
  out.number = number;
  out.name = name;
  out.type_oid = oid;
  out.type_name = "type " + std::to_string(oid);
  return out;
}

TableFacts orders() {
  TableFacts facts;
  facts.schema = "public";
  facts.name = "orders";
  facts.may_select = true;
  facts.columns = {column(1, "id", kInt4), column(3, "note", kText)};
  facts.primary_key = IndexFacts{{1}, false};
  return facts;
}

CapturedTable plan(const TableFacts& facts) {
  auto planned = plan_capture(facts, "shop", "leat");
  REQUIRE(planned.ok());
  return *planned;
}

CaptureProblem problem(const TableFacts& facts) {
  auto planned = plan_capture(facts, "shop", "leat");
  REQUIRE_FALSE(planned.ok());
  return planned.error();
}

TEST_CASE("ATableWithAPrimaryKeyIsCaptured") {
  CapturedTable table = plan(orders());
  CHECK(table.topic == "shop.public.orders");
  CHECK(table.schema.key_columns == std::vector<int>{0});
  CHECK(table.needs_row_store);
  CHECK_FALSE(table.key_is_deferrable);
}

TEST_CASE("UnderFullIdentityNoRowsAreKept") {
  TableFacts facts = orders();
  facts.replica_identity = 'f';
  CHECK_FALSE(plan(facts).needs_row_store);
}

TEST_CASE("TheReplicaIdentitysIndexIsTheKey") {
  TableFacts facts = orders();
  facts.replica_identity = 'i';
  facts.identity_index = IndexFacts{{3, 1}, false};
  CHECK(plan(facts).schema.key_columns == std::vector<int>{1, 0});
}

TEST_CASE("GeneratedColumnsAreNotPartOfTheRow") {
  TableFacts facts = orders();
  facts.columns.insert(facts.columns.begin(), column(9, "twice", kInt4));
  facts.columns[0].generated = true;
  CHECK(plan(facts).schema.columns.size() == 2);
}

TEST_CASE("WhatCannotBeCapturedNamesItsMending") {
  TableFacts no_key = orders();
  no_key.primary_key.reset();
  CHECK(problem(no_key).statement == R"(ALTER TABLE "public"."orders" ADD PRIMARY KEY (id);)");

  TableFacts nothing = orders();
  nothing.replica_identity = 'n';
  CHECK(problem(nothing).statement == R"(ALTER TABLE "public"."orders" REPLICA IDENTITY DEFAULT;)");

  TableFacts deferrable = orders();
  deferrable.primary_key->deferrable = true;
  CHECK(problem(deferrable).statement == R"(ALTER TABLE "public"."orders" REPLICA IDENTITY FULL;)");

  TableFacts unreadable = orders();
  unreadable.may_select = false;
  CHECK(problem(unreadable).statement == R"(GRANT SELECT ON "public"."orders" TO "leat";)");

  TableFacts hidden = orders();
  hidden.rows_are_hidden = true;
  CHECK(problem(hidden).statement == R"(ALTER ROLE "leat" BYPASSRLS;)");
}

TEST_CASE("TypesThatAreNotSupportedAreNamed") {
  TableFacts facts = orders();
  facts.columns.push_back(column(4, "place", kPoint));
  CHECK(problem(facts).reason.find("column place has type type 600") != std::string::npos);
  TableFacts json_key = orders();
  json_key.columns[0].type_oid = kJson;
  CHECK(problem(json_key).reason.find("cannot be a key") != std::string::npos);
}

Schema schema_of(const std::vector<ColumnFacts>& columns) {
  Schema schema;
  for (const ColumnFacts& facts : columns) {
    Column out{facts.name, {}};
    REQUIRE(column_type(facts, &out.type));
    schema.columns.push_back(out);
  }
  schema.key_columns = {0};
  return schema;
}

TEST_CASE("DifferencesThatChangeRowsAreTold") {
  ColumnFacts id = column(1, "id", kInt4);
  ColumnFacts note = column(2, "note", kText);
  ColumnFacts price = column(3, "price", kNumeric);
  Schema then = schema_of({id, note, price});
  CHECK(describe_difference(then, then).empty());
  CHECK(describe_difference(then, schema_of({id, note})) == "column price is gone");
  CHECK(describe_difference(schema_of({id, note}), then) == "column price is new");
  CHECK(describe_difference(then, schema_of({id, price, note})) ==
        "the columns stand in another order");
  ColumnFacts rounded = price;
  rounded.type_modifier = 655366;
  CHECK(describe_difference(then, schema_of({id, note, rounded})) ==
        "column price has another precision or length");
  ColumnFacts number = note;
  number.type_oid = kInt4;
  CHECK(describe_difference(then, schema_of({id, number, price})) ==
        "column note was text and is integer");
  Schema other_key = then;
  other_key.key_columns = {1};
  CHECK(describe_difference(then, other_key) == "the key has other columns");
}

TEST_CASE("AWiderVarcharOrNullabilityIsNoDifference") {
  ColumnFacts narrow = column(2, "note", kVarchar);
  narrow.type_modifier = 14;
  ColumnFacts wide = column(2, "note", kVarchar);
  wide.type_modifier = 104;
  wide.nullable = false;
  CHECK(describe_difference(schema_of({narrow}), schema_of({wide})).empty());
  CHECK(describe_difference(schema_of({narrow}), schema_of({column(2, "note", kText)})).empty());
}

}  // namespace
}  // namespace leat::cdc

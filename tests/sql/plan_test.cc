#include <catch2/catch.hpp>

#include "tests/sql/refusal.h"
#include "tests/support/memory_relations.h"
#include "views/sql/explain.h"
#include "views/sql/sql.h"

using namespace leat;
using namespace leat::views::sql;
using views::RelationKind;

namespace {

test::MemoryRelations shop() {
  test::MemoryRelations relations;
  const Type int32{TypeId::int32}, int64{TypeId::int64}, text{TypeId::text};
  const Type numeric{TypeId::numeric};
  relations.add(RelationKind::table_topic, "shop.public.customers",
                {{"id", int32, false}, {"name", text, true}, {"city", text, true}}, {0});
  relations.add(RelationKind::table_topic, "shop.public.products",
                {{"id", int32, false}, {"name", text, true}, {"price", numeric, true}}, {0});
  relations.add(RelationKind::table_topic, "shop.public.orders",
                {{"id", int64, false},
                 {"customer_id", int32, true},
                 {"product_id", int32, true},
                 {"quantity", int32, true}},
                {0});
  relations.add(RelationKind::table_topic, "shop.public.visits",
                {{"customer_id", int32, false}, {"day", int32, false}, {"note", text, true}},
                {0, 1});
  relations.add(RelationKind::stream_topic, "shop.events", {{"what", text, true}}, {});
  relations.add(RelationKind::view, "totals", {{"city", text, true}, {"n", int64, true}}, {0});
  return relations;
}

std::string view_plan(const std::string& sql) {
  auto relations = shop();
  auto plan = plan_view(sql, relations);
  INFO((plan.ok() ? "" : describe(plan.error(), "view", sql)));
  REQUIRE(plan.ok());
  return "\n" + explain(*plan->plan);
}

SqlError refused(const std::string& sql) {
  auto relations = shop();
  auto plan = plan_view(sql, relations);
  REQUIRE_FALSE(plan.ok());
  return plan.error();
}

}  // namespace

TEST_CASE("OnlyUsedColumnsAndTheKeyAreRead") {
  CHECK(view_plan("SELECT name FROM customers") == R"(
Map $COLUMN[1], $COLUMN[0] key 1
  Input shop.public.customers columns 0, 1 key 0
)");
}

TEST_CASE("ProjectionThatChangesNothingIsNotThere") {
  CHECK(view_plan("SELECT * FROM customers") == R"(
Input shop.public.customers columns 0, 1, 2 key 0
)");
}

TEST_CASE("ManyToOneJoinIsToldApartByItsLeftKey") {
  CHECK(view_plan("SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id") ==
        R"(
Map $COLUMN[0], $COLUMN[3] key 0
  Join inner on 1 = 0 key 0
    Input shop.public.orders columns 0, 1 key 0
    Input shop.public.customers columns 0, 1 key 0
)");
}

TEST_CASE("OneToManyInnerJoinIsToldApartByItsRightKey") {
  CHECK(view_plan("SELECT c.name, o.id FROM customers c JOIN orders o ON c.id = o.customer_id") ==
        R"(
Map $COLUMN[1], $COLUMN[2] key 1
  Join inner on 0 = 1 key 2
    Input shop.public.customers columns 0, 1 key 0
    Input shop.public.orders columns 0, 1 key 0
)");
}

TEST_CASE("OneToManyLeftJoinIsToldApartByBothKeys") {
  CHECK(view_plan(
            "SELECT c.name, o.id FROM customers c LEFT JOIN orders o ON c.id = o.customer_id") ==
        R"(
Map $COLUMN[1], $COLUMN[2], $COLUMN[0] key 2, 1
  Join left on 0 = 1 key 0, 2
    Input shop.public.customers columns 0, 1 key 0
    Input shop.public.orders columns 0, 1 key 0
)");
}

TEST_CASE("ConditionsOnOneTableFilterItBelowTheJoin") {
  CHECK(view_plan("SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id "
                  "WHERE c.city = 'Lima' AND o.quantity > 1") == R"(
Map $COLUMN[0] key 0
  Join inner on 1 = 0 key 0
    Filter >($COLUMN[2], '1'::integer)::boolean key 0
      Input shop.public.orders columns 0, 1, 3 key 0
    Filter =($COLUMN[1], 'Lima'::text)::boolean key 0
      Input shop.public.customers columns 0, 2 key 0
)");
}

TEST_CASE("WhereFiltersTheMissableSideOfALeftJoinAboveIt") {
  CHECK(view_plan("SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id "
                  "WHERE c.city = 'Lima' AND o.quantity > 1") == R"(
Map $COLUMN[0] key 0
  Filter =($COLUMN[4], 'Lima'::text)::boolean key 0
    Join left on 1 = 0 key 0
      Filter >($COLUMN[2], '1'::integer)::boolean key 0
        Input shop.public.orders columns 0, 1, 3 key 0
      Input shop.public.customers columns 0, 2 key 0
)");
}

TEST_CASE("OnConditionOfTheLeftSideBecomesPartOfTheKey") {
  CHECK(view_plan("SELECT o.id, c.name FROM orders o LEFT JOIN customers c "
                  "ON c.id = o.customer_id AND o.quantity > 1 AND c.city = 'Lima'") == R"(
Map $COLUMN[0], $COLUMN[3] key 0
  Join left on 1 = 0 key 0
    Map $COLUMN[0], CASE(>($COLUMN[2], '1'::integer)::boolean, $COLUMN[1], NULL::integer) key 0
      Input shop.public.orders columns 0, 1, 3 key 0
    Filter =($COLUMN[2], 'Lima'::text)::boolean key 0
      Input shop.public.customers columns 0, 1, 2 key 0
)");
}

TEST_CASE("EqualityInWhereJoinsAListOfTables") {
  CHECK(view_plan("SELECT o.id FROM customers c, products p, orders o "
                  "WHERE p.id = o.product_id AND o.customer_id = c.id") == R"(
Map $COLUMN[1] key 0
  Join inner on 3 = 0 key 1
    Join inner on 0 = 1 key 1
      Input shop.public.customers columns 0 key 0
      Input shop.public.orders columns 0, 1, 2 key 0
    Input shop.public.products columns 0 key 0
)");
}

TEST_CASE("KeysOfDifferentTypesAreBroughtToOneBelowTheJoin") {
  CHECK(view_plan("SELECT o.id FROM orders o JOIN products p ON o.id = p.id") == R"(
Map $COLUMN[0] key 0
  Join inner on 0 = 0 key 0
    Input shop.public.orders columns 0 key 0
    Input shop.public.products columns 0 key 0
)");
  CHECK(view_plan("SELECT o.id FROM orders o JOIN products p ON o.id = p.price") == R"(
Map $COLUMN[0], $COLUMN[2] key 0, 1
  Join inner on 1 = 1 key 0, 2
    Map $COLUMN[0], cast($COLUMN[0])::numeric key 0
      Input shop.public.orders columns 0 key 0
    Input shop.public.products columns 0, 2 key 0
)");
}

TEST_CASE("GroupingIsToldApartByItsColumns") {
  CHECK(view_plan("SELECT count(*), city FROM customers GROUP BY city HAVING count(*) > 1") == R"(
Map $COLUMN[1], $COLUMN[0] key 1
  Filter >($COLUMN[1], '1'::integer)::boolean key 0
    Aggregate by 1: count_rows key 0
      Input shop.public.customers columns 0, 2 key 0
)");
}

TEST_CASE("ColumnsThatAGroupedPrimaryKeyDecidesAreGroupedToo") {
  CHECK(view_plan("SELECT c.name, count(o.id) FROM customers c LEFT JOIN orders o "
                  "ON o.customer_id = c.id GROUP BY c.id") == R"(
Map $COLUMN[1], $COLUMN[2], $COLUMN[0] key 2
  Aggregate by 0, 1: count(2) key 0
    Join left on 0 = 1 key 0, 2
      Input shop.public.customers columns 0, 1 key 0
      Input shop.public.orders columns 0, 1 key 0
)");
}

TEST_CASE("DistinctIsAGroupingOfAllColumns") {
  CHECK(view_plan("SELECT DISTINCT city FROM customers") == R"(
Aggregate by 1: key 0
  Input shop.public.customers columns 0, 2 key 0
)");
}

TEST_CASE("AggregatesThatNobodyReadsAreNotKept") {
  CHECK(view_plan("SELECT t.city FROM (SELECT city, count(*) AS n, max(name) AS m FROM customers "
                  "GROUP BY city) t") == R"(
Aggregate by 1: key 0
  Input shop.public.customers columns 0, 2 key 0
)");
}

TEST_CASE("VisibleColumnsComeFirst") {
  auto relations = shop();
  auto plan = plan_view("SELECT name, upper(city) FROM customers", relations);
  REQUIRE(plan.ok());
  REQUIRE(plan->columns.size() == 2);
  CHECK(plan->columns[0].name == "name");
  CHECK(plan->columns[1].name == "upper");
  CHECK(plan->plan->row_type.size() == 3);
  CHECK(plan->plan->unique_key == std::vector<int>{2});
}

TEST_CASE("HiddenSortColumnsFollowTheVisibleOnes") {
  auto relations = shop();
  auto plan = plan_query("SELECT city FROM totals ORDER BY n DESC", relations, {}, {});
  REQUIRE(plan.ok());
  CHECK(plan->relation.columns.size() == 1);
  REQUIRE(plan->order_by.size() == 1);
  CHECK(plan->order_by[0].column == 1);
  CHECK(plan->order_by[0].descending);
  CHECK(plan->order_by[0].nulls_first);
}

TEST_CASE("UnknownColumnNamesWhatTheTableHas") {
  std::string sql = "SELECT o.id,\n p.prize FROM orders o JOIN products p ON p.id = o.product_id";
  CHECK(describe(refused(sql), "views/order_lines.sql", sql) ==
        "views/order_lines.sql:2:2: column p.prize does not exist; shop.public.products has id, "
        "name, "
        "price");
}

TEST_CASE("GeneratedColumnIsRefusedWithTheReasonAndStarGivesTheOthers") {
  test::MemoryRelations relations;
  relations.add(RelationKind::table_topic, "shop.public.gen",
                {{"id", {TypeId::int32}, false}, {"a", {TypeId::int32}, true}}, {0}, {"b"});
  const std::string why =
      "column b of shop.public.gen is generated, and its source does not send it. Write its "
      "expression here instead.";
  for (const std::string sql : {"SELECT id, b FROM gen", "SELECT id, g.b FROM gen g"}) {
    auto plan = plan_view(sql, relations);
    REQUIRE_FALSE(plan.ok());
    CHECK(describe(plan.error(), "v.sql", sql) == "v.sql:1:12: " + why);
  }
  auto star = plan_view("SELECT * FROM gen", relations);
  REQUIRE(star.ok());
  CHECK(star->columns.size() == 2);
}

TEST_CASE("WhatIsNotPlannedIsRefusedAtItsPlace") {
  check_refusals(
      {
          {"SELECT c.id FROM customers c, products p", "without an equality", 30},
          {"SELECT c.id FROM customers c CROSS JOIN products p", "without an equality", 40},
          {"SELECT c.id FROM customers c JOIN products p ON c.id < p.id", "without an equality",
           34},
          {"SELECT c.id FROM customers c JOIN products p ON c.id = 1", "without an equality", 34},
          {"SELECT c.id FROM customers c LEFT JOIN orders o ON c.id = o.customer_id AND c.id "
           "< o.quantity",
           "LEFT JOIN over both sides", 81},
          {"SELECT count(DISTINCT city) FROM customers", "count(DISTINCT", 7},
          {"SELECT string_agg(city, ',') FROM customers", "string_agg", 7},
          {"SELECT id, now() FROM customers", "function now", 11},
          {"SELECT id, $1 FROM customers", "there is no parameter $1", 11},
          {"SELECT id FROM customers ORDER BY id", "ORDER BY in a view", 34},
          {"SELECT id FROM customers LIMIT 5", "LIMIT or OFFSET in a view", 31},
          {"SELECT 1 AS a", "a view without FROM", 7},
          {"SELECT t.id FROM (SELECT id FROM customers LIMIT 1) t", "LIMIT or OFFSET in a subquery",
           49},
          {"SELECT what FROM events", "no key", 17},
          {"SELECT city FROM totals", "view over the view totals", 17},
          {"SELECT id FROM nothing", "does not exist", 15},
          {"SELECT id, id FROM customers", "specified more than once", 11},
      },
      refused);
}

TEST_CASE("QueryOverATableIsRefusedWithWhatToDo") {
  auto relations = shop();
  auto plan = plan_query("SELECT id FROM customers", relations, {}, {});
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().hint.find("make a view over it") != std::string::npos);
  CHECK(plan.error().offset == 15);
}

TEST_CASE("QueryInTheOrderOfJsonIsRefused") {
  auto relations = shop();
  for (const char* type : {"json", "jsonb"}) {
    auto plan = plan_query("SELECT city FROM totals ORDER BY city::" + std::string(type), relations,
                           {}, {});
    REQUIRE_FALSE(plan.ok());
    CHECK(plan.error().message.find("order") != std::string::npos);
  }
}

TEST_CASE("StatementOfTooManyRelationsIsRefused") {
  std::string sql = "WITH a0 AS (SELECT id FROM customers)";
  for (int i = 1; i < 20; ++i) {
    std::string before = "a" + std::to_string(i - 1);
    sql += ", a" + std::to_string(i) + " AS (SELECT x.id FROM " + before + " x JOIN " + before +
           " y ON x.id = y.id)";
  }
  CHECK(refused(sql + " SELECT id FROM a19").sqlstate == "54001");
}

TEST_CASE("ParameterOfADeclaredTypeIsThatType") {
  auto relations = shop();
  auto plan = plan_query("SELECT n + $1 FROM totals WHERE city = $2", relations, {1700, 0}, {});
  REQUIRE(plan.ok());
  CHECK(plan->relation.columns[0].type.id == TypeId::numeric);
  CHECK(plan->parameter_types == std::vector<Type>{{TypeId::numeric}, {TypeId::text}});
}

TEST_CASE("ParameterThatIsNoValueOfItsTypeIsRefusedWithPostgresSentence") {
  auto relations = shop();
  auto plan = plan_query("SELECT city FROM totals WHERE n = $1", relations, {}, {"x"});
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().message == "invalid input syntax for type bigint: \"x\"");
  CHECK(plan.error().sqlstate == "22P02");
}

TEST_CASE("ParameterWithoutAPlaceHasNoType") {
  auto relations = shop();
  auto plan = plan_query("SELECT city FROM totals WHERE n = $2", relations, {}, {});
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().sqlstate == "42P18");
  CHECK(plan.error().message == "could not determine data type of parameter $1");
}

TEST_CASE("ParameterOfATypeThatLeatDoesNotKnowIsRefused") {
  auto relations = shop();
  auto plan = plan_query("SELECT $1", relations, {600}, {});
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().sqlstate == "0A000");
}

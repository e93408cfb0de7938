#include "views/sql/parser.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/sql/refusal.h"
#include "views/sql/ast.h"

using namespace leat::views::sql;

namespace {

SqlError view_error(std::string_view text) {
  auto view = parse_view(text);
  REQUIRE_FALSE(view.ok());
  return view.error();
}

SqlError select_error(std::string_view text) {
  auto select = parse_select(text);
  REQUIRE_FALSE(select.ok());
  return select.error();
}

std::string literal(std::string_view expression) {
  auto select = parse_select("SELECT " + std::string(expression));
  REQUIRE(select.ok());
  return std::get<ast::Literal>((*select)->targets[0].value->node).text;
}

std::string repeat(std::string_view part, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += part;
  return text;
}

}  // namespace

TEST_CASE("ViewStatementGivesItsNameAndTheExactTextOfItsQuery") {
  std::string text =
      "-- as it was\nCREATE MATERIALIZED VIEW totals AS\n  SELECT id FROM orders -- x\n;\n";
  auto view = parse_view(text);
  REQUIRE(view.ok());
  CHECK(view->name == "totals");
  CHECK(view->query == "SELECT id FROM orders -- x\n");
  CHECK(text.substr(static_cast<size_t>(view->query_offset), 6) == "SELECT");
}

TEST_CASE("ViewNameIsFoldedUnlessQuoted") {
  CHECK(parse_view("CREATE MATERIALIZED VIEW Totals AS SELECT 1 AS a")->name == "totals");
  CHECK(parse_view("CREATE MATERIALIZED VIEW \"Totals\" AS SELECT 1 AS a")->name == "Totals");
}

TEST_CASE("ViewWhoseNameIsAsIsFound") {
  auto view = parse_view("create materialized view \"as\" as select 1 as x");
  REQUIRE(view.ok());
  CHECK(view->name == "as");
  CHECK(view->query == "select 1 as x");
}

TEST_CASE("WithDataBelongsToTheStatementNotToTheQuery") {
  auto view = parse_view("CREATE MATERIALIZED VIEW v AS SELECT a FROM t WITH DATA;");
  REQUIRE(view.ok());
  CHECK(view->query == "SELECT a FROM t ");
  CHECK_FALSE(parse_view("CREATE MATERIALIZED VIEW v AS SELECT a FROM t WITH NO DATA").ok());
}

TEST_CASE("CommentsAreNotDepth") {
  CHECK(parse_select(repeat("-- a line\n", 5000) + "SELECT 1").ok());
}

TEST_CASE("OtherStatementsThanOneViewAreRefused") {
  CHECK(view_error("").message.find("no statement") != std::string::npos);
  CHECK(view_error("SELECT 1").message.find("no view") != std::string::npos);
  CHECK(view_error("CREATE VIEW v AS SELECT 1").message.find("no view") != std::string::npos);
  CHECK(view_error("CREATE TABLE v AS SELECT 1").message.find("no view") != std::string::npos);
  SqlError two =
      view_error("CREATE MATERIALIZED VIEW a AS SELECT 1; CREATE MATERIALIZED VIEW b AS SELECT 1");
  CHECK(two.message.find("more than one") != std::string::npos);
  CHECK(two.offset == 39);
}

TEST_CASE("SyntaxErrorPointsAtTheByteThatPostgresPointsAt") {
  SqlError error = select_error("SELECT 'ü', FROM t");
  CHECK(error.message == "syntax error at or near \"FROM\"");
  CHECK(error.sqlstate == "42601");
  CHECK(error.offset == 13);
}

TEST_CASE("DescribedErrorCountsLinesAndCharactersFromOne") {
  std::string text = "SELECT 'ü',\n  ü, FROM t";
  CHECK(describe(select_error(text), "v.sql", text) ==
        "v.sql:2:6: syntax error at or near \"FROM\"");
}

TEST_CASE("NegativeIntegerKeepsItsValue") {
  CHECK(literal("-3") == "-3");
  CHECK(literal("- /* comment */ 3") == "-3");
  CHECK(literal("0") == "0");
  CHECK(literal("3000000000") == "3000000000");
  CHECK(literal("1.50") == "1.50");
}

TEST_CASE("WhatIsNotSupportedIsRefusedAtItsPlace") {
  check_refusals(
      {
          {"SELECT a FROM t UNION ALL SELECT b FROM t", "UNION", 33},
          {"SELECT sum(a) OVER () FROM t", "window function", 7},
          {"SELECT (SELECT 1) FROM t", "subquery in an expression", 7},
          {"SELECT a FROM t WHERE a IN (SELECT 1)", "subquery in an expression", 24},
          {"SELECT DISTINCT ON (a) a FROM t", "DISTINCT ON", 23},
          {"SELECT a FROM t FULL JOIN u ON a = b", "FULL JOIN", 26},
          {"SELECT a FROM t NATURAL JOIN u", "NATURAL JOIN", 29},
          {"SELECT a FROM t GROUP BY ROLLUP (a)", "ROLLUP", 25},
          {"SELECT current_date FROM t", "changes by itself", 7},
          {"SELECT a FROM t ORDER BY a COLLATE \"C\"", "COLLATE", 27},
          {"SELECT ARRAY[1] FROM t", "an array", 7},
          {"VALUES (1)", "VALUES", -1},
          {"WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r", "RECURSIVE", 0},
          {"SELECT a FROM t FOR UPDATE", "FOR UPDATE", 7},
          {"DELETE FROM t", "only SELECT", 0},
      },
      select_error, "0A000");
}

TEST_CASE("StatementThatNestsTooDeeplyIsRefusedBeforeItIsParsed") {
  SqlError sum = select_error("SELECT 1" + repeat("+1", 100000));
  CHECK(sum.sqlstate == "54001");
  CHECK(sum.offset > 0);
  CHECK(select_error("SELECT " + repeat("f(", 50000) + "1" + repeat(")", 50000)).sqlstate ==
        "54001");
  CHECK(select_error("SELECT " + repeat("NOT ", 50000) + "true").sqlstate == "54001");
}

TEST_CASE("LongListsAreNotDeep") {
  CHECK(parse_select("SELECT a FROM t WHERE a IN (1" + repeat(", -2", 20000) + ")").ok());
}

TEST_CASE("NestingUpToTheBoundIsParsed") {
  CHECK(parse_select("SELECT 1" + repeat("+1", 900)).ok());
}

TEST_CASE("StatementBeyondTheSizeBoundOrWithAZeroByteIsRefused") {
  CHECK(select_error("SELECT '" + std::string(2 << 20, 'x') + "'").sqlstate == "54001");
  CHECK(select_error(std::string_view("SELECT\0 1", 9)).offset == 6);
}

TEST_CASE("ThreadsParseAtTheSameTime") {
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        bool parsed = parse_select("SELECT a + b FROM t WHERE c = 'x'").ok();
        bool refused = !parse_select("SELECT a FROM").ok();
        if (parsed && refused) ++good;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(good == 800);
}

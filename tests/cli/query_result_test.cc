#include "cli/text/query_result.h"

#include <catch2/catch.hpp>

namespace leat::cli {
namespace {

QueryResult example() {
  QueryResult result;
  result.cut = 18204;
  result.columns = {{"id", "bigint"}, {"name", "text"}, {"amount", "numeric"}, {"paid", "boolean"}};
  result.rows = {{"1", "Ann", "7.50", "t"},
                 {"20", "O'Brien, \"Bo\"", std::nullopt, "f"},
                 {"9007199254740993", "", "NaN", std::nullopt}};
  return result;
}

TEST_CASE("TableAlignsNumbersRightAndCountsRows") {
  CHECK(result_as_table(example()) ==
        "              id  name           amount  paid\n"
        "               1  Ann              7.50  t\n"
        "              20  O'Brien, \"Bo\"    NULL  f\n"
        "9007199254740993                    NaN  NULL\n"
        "(3 rows, cut 18,204)\n");
}

TEST_CASE("CsvQuotesWhatNeedsItAndTellsNullFromEmpty") {
  CHECK(result_as_csv(example()) ==
        "id,name,amount,paid\n"
        "1,Ann,7.50,t\n"
        "20,\"O'Brien, \"\"Bo\"\"\",,f\n"
        "9007199254740993,\"\",NaN,\n");
}

TEST_CASE("JsonLinesKeepNumbersExactOrAsText") {
  CHECK(result_as_json_lines(example()) ==
        "{\"id\":1,\"name\":\"Ann\",\"amount\":7.5,\"paid\":true}\n"
        "{\"id\":20,\"name\":\"O'Brien, \\\"Bo\\\"\",\"amount\":null,\"paid\":false}\n"
        "{\"id\":\"9007199254740993\",\"name\":\"\",\"amount\":\"NaN\",\"paid\":null}\n");
}

TEST_CASE("ResultOverTheSocketComesBackTheSame") {
  std::string json = query_result_json(example());
  auto back = parse_query_result(json);
  if (!back.ok()) FAIL(back.error().message());
  CHECK(query_result_json(*back) == json);
  CHECK(back->cut == 18204);
}

TEST_CASE("ResultOfAnotherFormIsAnError") {
  for (const char* text : {"", "[]", "{\"cut\":1,\"columns\":[],\"rows\":[[\"x\"]]}"}) {
    CHECK_FALSE(parse_query_result(text).ok());
  }
}

TEST_CASE("OneRowIsCountedAsOne") {
  QueryResult result;
  result.columns = {{"n", "bigint"}};
  result.rows = {{"5"}};
  CHECK(result_as_table(result) == "n\n5\n(1 row, cut 0)\n");
}

}  // namespace
}  // namespace leat::cli

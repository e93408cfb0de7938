#include "views/query.h"

#include <catch2/catch.hpp>

#include "log/model/text_format.h"
#include "tests/support/memory_relations.h"

using namespace leat;

namespace {

using Rows = std::vector<std::string>;

constexpr size_t kBytesMax = 64 << 20;

test::MemoryRelations stock() {
  test::MemoryRelations relations;
  const Type int32{TypeId::int32}, text{TypeId::text};
  relations.add(views::RelationKind::view, "stock",
                {{"shop", text, false}, {"item", int32, false}, {"count", int32, true}}, {0, 1});
  for (int item = 0; item < 50; ++item)
    for (const char* shop : {"north", "south"})
      relations.insert("stock", {shop, std::to_string(item), std::to_string(item * 7 % 50)});
  relations.add(views::RelationKind::view, "items", {{"id", int32, false}, {"name", text, true}},
                {0});
  for (int item = 0; item < 50; ++item)
    relations.insert("items", {std::to_string(item), "item " + std::to_string(item)});
  return relations;
}

views::sql::QueryPlan plan(const std::string& sql, const test::MemoryRelations& relations,
                           const std::vector<views::sql::Parameter>& parameters = {}) {
  auto planned = views::sql::plan_query(sql, relations, {}, parameters);
  INFO((planned.ok() ? "" : planned.error().message));
  REQUIRE(planned.ok());
  return std::move(planned).value();
}

Rows run(const std::string& sql, const test::MemoryRelations& relations,
         const std::vector<views::sql::Parameter>& parameters = {}) {
  Rows rows;
  auto query = plan(sql, relations, parameters);
  auto status = views::evaluate(query, relations, kBytesMax, [&](std::span<const Datum> row) {
    std::string text;
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text += "|";
      if (!row[i].is_null()) append_text(query.relation.columns[i].type.id, row[i], &text);
    }
    rows.push_back(std::move(text));
    return true;
  });
  INFO((status.ok() ? "" : status.error().message));
  CHECK(status.ok());
  return rows;
}

views::QueryError fail(const std::string& sql, const test::MemoryRelations& relations,
                       size_t bytes_max = kBytesMax) {
  auto query = plan(sql, relations);
  auto status =
      views::evaluate(query, relations, bytes_max, [](std::span<const Datum>) { return true; });
  REQUIRE_FALSE(status.ok());
  return status.error();
}

}  // namespace

TEST_CASE("EqualityOnTheWholeKeyReadsOneRow") {
  auto relations = stock();
  CHECK(run("SELECT count FROM stock WHERE item = 3 AND shop = 'south'", relations) == Rows{"21"});
  CHECK(relations.rows_scanned() == 1);
}

TEST_CASE("EqualityOnTheLeadingKeyColumnReadsItsRange") {
  auto relations = stock();
  CHECK(run("SELECT item FROM stock WHERE shop = 'north' AND count > 45", relations).size() == 4);
  CHECK(relations.rows_scanned() == 50);
}

TEST_CASE("EqualityOnALaterKeyColumnReadsEverything") {
  auto relations = stock();
  CHECK(run("SELECT shop FROM stock WHERE item = 3", relations) == Rows{"north", "south"});
  CHECK(relations.rows_scanned() == 100);
}

TEST_CASE("ParameterFixesAKeyAsAConstantDoes") {
  auto relations = stock();
  CHECK(run("SELECT count FROM stock WHERE shop = $1 AND item = $2", relations, {"south", "3"}) ==
        Rows{"21"});
  CHECK(relations.rows_scanned() == 1);
}

TEST_CASE("KeyComparedWithNullGivesNoRow") {
  auto relations = stock();
  CHECK(run("SELECT count FROM stock WHERE shop = NULL", relations).empty());
  CHECK(run("SELECT count FROM stock WHERE shop = $1", relations, {std::nullopt}).empty());
}

TEST_CASE("KeyComparedWithAnotherTypeIsStillRight") {
  auto relations = stock();
  CHECK(run("SELECT name FROM items WHERE id = 7.0", relations) == Rows{"item 7"});
  CHECK(run("SELECT name FROM items WHERE id = 7.5", relations).empty());
  CHECK(run("SELECT name FROM items WHERE id = 7::bigint", relations) == Rows{"item 7"});
}

TEST_CASE("LimitWithoutAnOrderStopsReading") {
  auto relations = stock();
  CHECK(run("SELECT item FROM stock LIMIT 3 OFFSET 2", relations) == Rows{"2", "3", "4"});
  CHECK(relations.rows_scanned() == 5);
}

TEST_CASE("LimitZeroReadsNothing") {
  auto relations = stock();
  CHECK(run("SELECT item FROM stock ORDER BY item LIMIT 0", relations).empty());
  CHECK(relations.rows_scanned() == 0);
}

TEST_CASE("LimitAfterAnOrderGivesTheFirstOfAllRows") {
  auto relations = stock();
  CHECK(run("SELECT item FROM stock ORDER BY count DESC, shop LIMIT 2 OFFSET 1", relations) ==
        Rows{"7", "14"});
}

TEST_CASE("SortedRowsBeyondTheLimitAreNotKept") {
  test::MemoryRelations relations;
  relations.add(views::RelationKind::view, "wide",
                {{"id", Type{TypeId::int32}, false}, {"text", Type{TypeId::text}, true}}, {0});
  for (int id = 0; id < 20000; ++id)
    relations.insert("wide", {std::to_string(id), std::string(100, 'x')});
  const char* sql = "SELECT id, text FROM wide ORDER BY -id";
  CHECK(fail(sql, relations, 1 << 20).sqlstate == "53200");
  auto limited = plan(std::string(sql) + " LIMIT 3", relations);
  Rows ids;
  auto status = views::evaluate(limited, relations, 1 << 20, [&](std::span<const Datum> row) {
    ids.push_back(std::to_string(row[0].integer()));
    return true;
  });
  CHECK(status.ok());
  CHECK(ids == Rows{"19999", "19998", "19997"});
}

TEST_CASE("JoinAndGroupingBeyondTheMemoryBoundFailWithWhatToDo") {
  test::MemoryRelations relations;
  relations.add(views::RelationKind::view, "wide",
                {{"id", Type{TypeId::int32}, false}, {"text", Type{TypeId::text}, true}}, {0});
  for (int id = 0; id < 60000; ++id)
    relations.insert("wide", {std::to_string(id), std::string(100, 'x')});
  views::QueryError error =
      fail("SELECT a.text, b.text FROM wide a JOIN wide b ON a.id = b.id", relations, 1 << 20);
  CHECK(error.sqlstate == "53200");
  CHECK(error.message.find("query needs more than 1 MB") == 0);
}

TEST_CASE("JoinOverViewsGivesTheSameRowsAsItsParts") {
  auto relations = stock();
  Rows rows =
      run("SELECT s.shop, i.name FROM stock s JOIN items i ON i.id = s.item WHERE s.count = 49 "
          "ORDER BY 1",
          relations);
  CHECK(rows == Rows{"north|item 7", "south|item 7"});
}

TEST_CASE("GroupingOverManyStepsIsExact") {
  auto relations = stock();
  CHECK(run("SELECT shop, count(*), sum(count), min(item) FROM stock GROUP BY shop ORDER BY shop",
            relations) == Rows{"north|50|1225|0", "south|50|1225|0"});
}

TEST_CASE("CallbackThatReturnsFalseEndsTheQuery") {
  auto relations = stock();
  for (const char* sql : {"SELECT item FROM stock", "SELECT item FROM stock ORDER BY count",
                          "SELECT count(*) FROM stock GROUP BY item"}) {
    int rows = 0;
    auto query = plan(sql, relations);
    auto status = views::evaluate(query, relations, kBytesMax,
                                  [&](std::span<const Datum>) { return ++rows < 2; });
    CHECK(status.ok());
    CHECK(rows == 2);
  }
}

TEST_CASE("RowThatCannotBeComputedFailsTheQueryWithPostgresSentence") {
  auto relations = stock();
  CHECK(fail("SELECT 1 / (item - 5) FROM stock", relations).sqlstate == "22012");
  CHECK(fail("SELECT item FROM stock WHERE 1 / (item - 5) > 0", relations).message ==
        "division by zero");
  CHECK(fail("SELECT shop, sum(1 / (item - 5)) FROM stock GROUP BY shop", relations).sqlstate ==
        "22012");
}

TEST_CASE("RowThatIsFilteredOutIsNotComputed") {
  auto relations = stock();
  CHECK(run("SELECT 1 / (item - 5) FROM stock WHERE shop = 'south' AND item = 6", relations) ==
        Rows{"1"});
}

TEST_CASE("QueryWithoutFromGivesOneRow") {
  auto relations = stock();
  CHECK(run("SELECT 1 + 1, 'x'", relations) == Rows{"2|x"});
  CHECK(run("SELECT 1 WHERE 1 > 2", relations).empty());
}

namespace {

// Says after LOOKS_MAX looks that nobody wants the rest.
class ImpatientRelations final : public test::MemoryRelations {
 public:
  explicit ImpatientRelations(int looks_max) : looks_max_(looks_max) {
    const Type int32{TypeId::int32};
    add(views::RelationKind::view, "hot", {{"id", int32, false}, {"k", int32, false}}, {0});
    for (int id = 0; id < 3000; ++id) insert("hot", {std::to_string(id), "1"});
  }
  bool goes_on() const override { return ++looks < looks_max_; }

  mutable int looks = 0;

 private:
  const int looks_max_;
};

constexpr const char* kNineMillionPairs = "SELECT count(*) FROM hot a JOIN hot b ON a.k = b.k";

}  // namespace

TEST_CASE("AJoinThatDoesNotFitIsGivenUpWithinAStep") {
  ImpatientRelations relations(1'000'000'000);
  CHECK(fail(kNineMillionPairs, relations, 4 << 20).sqlstate == "53200");
  CHECK(relations.looks < 200'000);  // it would be nine million for all pairs
}

TEST_CASE("AJoinThatNobodyWantsAnyMoreIsGivenUpWithinAStep") {
  ImpatientRelations relations(10);
  fail(kNineMillionPairs, relations, size_t{1} << 30);
  CHECK(relations.looks == 10);
}

namespace {

// 3,000 rows of 200 bytes, of which expressions make much.
class ThinRelations final : public test::MemoryRelations {
 public:
  ThinRelations() {
    add(views::RelationKind::view, "v",
        {{"id", Type{TypeId::int32}, false}, {"t", Type{TypeId::text}, false}}, {0});
    for (int id = 0; id < kRows; ++id)
      insert("v", {std::to_string(id), std::string(200, 'a') + std::to_string(id)});
  }
  bool goes_on() const override { return ++looks > 0; }

  static constexpr int kRows = 3000;
  mutable int looks = 0;
};

}  // namespace

TEST_CASE("ComputedRowsThatDoNotFitAreGivenUpAtTheRowThatIsTooMuch") {
  // 200 kB a row: 40 of them are 8 MB. (A step reads its part of the rows, some times, before.)
  for (const char* sql :
       {"SELECT t, min(repeat(t, 1000)) FROM v GROUP BY t",
        "SELECT DISTINCT repeat(t, 1000) FROM v",
        "SELECT id % 2, max(repeat(t, 1000)) FROM v GROUP BY 1",
        "SELECT count(*) FROM v x JOIN v y ON repeat(x.t, 1000) = repeat(y.t, 1000)",
        "SELECT count(*) FROM v x LEFT JOIN v y ON x.id = y.id GROUP BY repeat(x.t, 1000)"}) {
    ThinRelations relations;
    INFO(sql);
    CHECK(fail(sql, relations, 8 << 20).message.find("query needs more than 8 MB") == 0);
    CHECK(relations.looks < 5 * ThinRelations::kRows + 100);
  }
}

TEST_CASE("ManySmallRowsAreStepsThatFit") {
  test::MemoryRelations relations;
  relations.add(views::RelationKind::view, "small",
                {{"id", Type{TypeId::int32}, false}, {"k", Type{TypeId::int32}, false}}, {0});
  for (int id = 0; id < 20'000; ++id)
    relations.insert("small", {std::to_string(id), std::to_string(id % 3)});
  auto query =
      plan("SELECT k + 1, count(*), max(k * 2) FROM small WHERE id >= 0 GROUP BY k + 1 ORDER BY 1",
           relations);
  int rows = 0;
  auto status = views::evaluate(query, relations, 256 << 10,
                                [&](std::span<const Datum>) { return ++rows > 0; });
  INFO((status.ok() ? "" : status.error().message));
  CHECK(status.ok());
  CHECK(rows == 3);
}

TEST_CASE("ErrorsOfMoreRowsThanFitAreToldAsOne") {
  ThinRelations relations;
  CHECK(fail("SELECT DISTINCT 1 / (id - id) FROM v", relations, 256 << 10).message ==
        "division by zero");
}

TEST_CASE("OneRowWhoseTextsAreTooMuchTogetherIsAnError") {
  ThinRelations relations;
  // Five times 60 MB: as operands, as columns, and as one text that several columns show.
  for (const char* sql :
       {"SELECT length(repeat(t, 300000)) + length(repeat(t, 300001)) + length(repeat(t, 300002)) "
        "+ length(repeat(t, 300003)) + length(repeat(t, 300004)) FROM v LIMIT 1",
        "SELECT repeat(t, 300000), repeat(t, 300001), repeat(t, 300002), repeat(t, 300003), "
        "repeat(t, 300004) FROM v LIMIT 1",
        "SELECT b, b, b, b, b FROM (SELECT repeat(t, 300000) AS b FROM v WHERE id = 1) AS x",
        "SELECT DISTINCT b, b AS c, b AS d, b AS e, b AS f FROM (SELECT repeat(t, 300000) AS b "
        "FROM v WHERE id = 1) AS x"}) {
    INFO(sql);
    CHECK(fail(sql, relations, 1 << 30).sqlstate == "54000");
  }
}

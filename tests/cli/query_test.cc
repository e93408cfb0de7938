#include "cli/control/query.h"

#include <catch2/catch.hpp>

#include "tests/serve/fake_service.h"

namespace leat::cli {
namespace {

bool never() {
  return false;
}

TEST_CASE("QueryGivesTextsWithTypesAndTheCutTheyWereReadAt") {
  test::FakeService service;
  service.add({1, "Ann", true, 0.5});
  service.set_cut(12);
  auto result = run_one_query(service, "SELECT * FROM t", never);
  if (!result.ok()) FAIL(result.error().message());
  CHECK(result->cut == 12);
  REQUIRE(result->columns.size() == 4);
  CHECK(result->columns[3].name == "ratio");
  CHECK(result->columns[3].type == "double precision");
  REQUIRE(result->rows.size() == 1);
  CHECK(result->rows[0] == std::vector<std::optional<std::string>>{"1", "Ann", "t", "0.5"});
}

TEST_CASE("BadStatementIsRefusedWithItsPlace") {
  test::FakeService service;
  auto result = run_one_query(service, "SELECT *\nFROM nothing", never);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().message() == "query:2:6: relation does not exist; did you mean t?");
}

TEST_CASE("QueryEndsWhenItsClientHasGone") {
  test::FakeService service;
  service.add({1, "Ann", true, 0.5});
  service.endless = true;
  int asked = 0;
  auto result = run_one_query(service, "SELECT * FROM t", [&] { return ++asked > 3; });
  REQUIRE_FALSE(result.ok());
  CHECK(asked == 4);
}

TEST_CASE("QueryBeforeTheLogIsAppliedSaysSo") {
  test::FakeService service;
  service.set_cut(0);
  auto result = run_one_query(service, "SELECT * FROM t", never);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().is_transient());
}

}  // namespace
}  // namespace leat::cli

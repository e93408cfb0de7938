#include "cdc/table_pattern.h"

#include <catch2/catch.hpp>

namespace leat::cdc {
namespace {

TEST_CASE("StarAndQuestionMarkStandForCharacters") {
  CHECK(table_matches("public.*", "public", "orders"));
  CHECK(table_matches("public.order?", "public", "orders"));
  CHECK(table_matches("*.*", "any", "thing"));
  CHECK(table_matches("p*c.o*r*s", "public", "orders"));
  CHECK_FALSE(table_matches("public.order?", "public", "order"));
  CHECK_FALSE(table_matches("public.*x", "public", "orders"));
  CHECK_FALSE(table_matches("public.*", "private", "orders"));
}

TEST_CASE("ATableWithoutASchemaIsInPublic") {
  CHECK(table_matches("orders", "public", "orders"));
  CHECK_FALSE(table_matches("orders", "shop", "orders"));
}

TEST_CASE("CaseCounts") {
  CHECK_FALSE(table_matches("public.Orders", "public", "orders"));
}

TEST_CASE("AnyOfSeveralPatternsIsEnough") {
  CHECK(table_matches_any({"a.b", "public.o*"}, "public", "orders"));
  CHECK_FALSE(table_matches_any({}, "public", "orders"));
}

}  // namespace
}  // namespace leat::cdc

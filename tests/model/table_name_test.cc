#include "log/model/table_name.h"

#include <catch2/catch.hpp>

namespace leat {

TEST_CASE("ATablesNameIsItsSchemaAndItsOwn") {
  CHECK(full_table_name("public", "orders") == "public.orders");
  CHECK(full_table_name("public", "an.odd\"one") == "public.an.odd\"one");
}

TEST_CASE("NoTwoTablesHaveTheSameName") {
  CHECK(full_table_name("a.b", "c") == "\"a.b\".c");
  CHECK(full_table_name("a", "b.c") == "a.b.c");
  CHECK(full_table_name("\"a.b\"", "c") == "\"\"\"a.b\"\"\".c");
  CHECK(full_table_name("\"a", "b\".c") == "\"\"\"a\".b\".c");
}

}  // namespace leat

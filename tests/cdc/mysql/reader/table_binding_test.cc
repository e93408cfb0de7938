#include "cdc/mysql/table_binding.h"

#include <catch2/catch.hpp>

namespace leat::cdc::mysql {
namespace {

TableColumn column(const std::string& name, ColumnType type, uint32_t bytes) {
  TableColumn out;
  out.name = name;
  out.type = type;
  out.bytes_fixed = bytes;
  return out;
}

TableMap orders_map() {
  TableMap map;
  map.schema = "shop";
  map.name = "orders";
  map.has_full_metadata = true;
  TableColumn price = column("price", ColumnType::decimal, 5);
  price.size = 10;
  price.scale = 2;
  map.columns = {column("id", ColumnType::integer, 4), price, column("n", ColumnType::smallint, 2)};
  map.primary_key = {{0, 0}};
  return map;
}

CapturedTable orders() {
  CapturedTable table;
  table.name = "shop.orders";
  for (const TableColumn& of : orders_map().columns) {
    table.schema.columns.push_back({of.name, make_value_decoder(of).value()->type()});
  }
  table.schema.key_columns = {0};
  table.row_type = table.schema.row_type();
  return table;
}

TableForm form_of(const CapturedTable& table) {
  TableForm form;
  form.columns.resize(table.schema.columns.size());
  return form;
}

// What is said of MAP; empty where it binds.
std::string difference(TableMap map, const CapturedTable& table = orders()) {
  auto bound = TableBinding::bind(std::move(map), table, form_of(table));
  return bound.ok() ? "" : bound.error().message();
}

TEST_CASE("ATableMapOfTheCapturedColumnsBinds") {
  CHECK(difference(orders_map()).empty());
}

TEST_CASE("ColumnsAreFoundByNameWhereverTheyStand") {
  TableMap map = orders_map();
  std::swap(map.columns[1], map.columns[2]);
  CapturedTable table = orders();
  auto bound = TableBinding::bind(map, table, form_of(table));
  REQUIRE(bound.ok());
  CHECK(bound->logged_column(1) == 2);
  CHECK(bound->logged_column(2) == 1);
}

// MariaDB's, of a unique key that is too long for an index: it holds their hash.
TEST_CASE("AHiddenHashOfALongUniqueKeyIsNoNewColumn") {
  TableMap map = orders_map();
  map.columns.push_back(column("DB_ROW_HASH_12", ColumnType::bigint, 8));
  CHECK(difference(map).empty());
  map.columns.back() = column("DB_ROW_HASH_1", ColumnType::integer, 4);
  CHECK(difference(map) == "column DB_ROW_HASH_1 is new");
  for (const char* name : {"DB_ROW_HASH_", "DB_ROW_HASH_1a", "xDB_ROW_HASH_1"}) {
    map.columns.back() = column(name, ColumnType::bigint, 8);
    CHECK(difference(map) == std::string("column ") + name + " is new");
  }
}

TEST_CASE("EveryDifferenceIsSaidInWords") {
  TableMap map = orders_map();
  map.columns[2].name = "m";
  CHECK(difference(map) == "column n is gone");
  map = orders_map();
  map.columns.push_back(column("note", ColumnType::integer, 4));
  CHECK(difference(map) == "column note is new");
  map = orders_map();
  map.columns[2].is_unsigned = true;
  CHECK(difference(map) == "column n was smallint and is integer");
  map = orders_map();
  map.columns[1].scale = 3;
  CHECK(difference(map) == "column price has another precision");
  map = orders_map();
  map.primary_key = {{0, 0}, {2, 0}};
  CHECK(difference(map) == "the primary key has other columns");
}

TEST_CASE("ATableMapWithoutNamesSaysWhatToSet") {
  TableMap map = orders_map();
  map.has_full_metadata = false;
  CHECK(difference(map).find("SET GLOBAL binlog_row_metadata = FULL") != std::string::npos);
}

TEST_CASE("ALoggedColumnThatIsNotCapturedIsNoNewOne") {
  TableMap map = orders_map();
  map.columns.push_back(column("note", ColumnType::integer, 4));
  CapturedTable table = orders();
  TableForm form = form_of(table);
  form.not_captured = {"note"};
  CHECK(TableBinding::bind(map, table, form).ok());
}

TEST_CASE("ATableCapturedByAUniqueKeyBindsThoughTheBinlogNamesNone") {
  TableMap map = orders_map();
  map.primary_key.clear();
  CHECK(difference(map).empty());
}

}  // namespace
}  // namespace leat::cdc::mysql

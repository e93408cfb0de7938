#include "cdc/mysql/statement.h"

#include <catch2/catch.hpp>

namespace leat::cdc::mysql {
namespace {

using Kind = StatementKind;

struct Case {
  const char* text;
  Kind kind;
  const char* concerned;  // "" where it does not matter
  const char* not_concerned = "shop.other";
};

void check(const Case& expected) {
  INFO(expected.text);
  Statement statement = read_statement(expected.text, "shop");
  CHECK(statement.kind == expected.kind);
  if (*expected.concerned != '\0') CHECK(statement.concerns(expected.concerned));
  CHECK_FALSE(statement.concerns(expected.not_concerned));
}

TEST_CASE("TransactionsStatementsAreKnown") {
  for (const Case& one : {
           Case{"BEGIN", Kind::begin, ""},
           Case{"COMMIT", Kind::commit, ""},
           Case{"commit /* done */", Kind::commit, ""},
           Case{"ROLLBACK", Kind::rollback, ""},
       }) {
    check(one);
  }
}

TEST_CASE("SavepointsAreKnownByNameWhateverTheirCase") {
  CHECK(read_statement("SAVEPOINT `Sp``1`", "").kind == Kind::savepoint);
  CHECK(read_statement("SAVEPOINT `Sp``1`", "").id == "sp`1");
  CHECK(read_statement("ROLLBACK TO `SP``1`", "").id == "sp`1");
  CHECK(read_statement("rollback work to savepoint S", "").id == "s");
  CHECK(read_statement("ROLLBACK TO `s`", "").kind == Kind::rollback_to);
}

TEST_CASE("AnXaTransactionHasOneIdInStatementsAndEvents") {
  XaId id{7, "x", "branch"};
  CHECK(xa_id(id) == "78,6272616e6368,7");
  CHECK(read_statement("XA START X'78',X'6272616E6368',7", "").id == xa_id(id));
  CHECK(read_statement("XA COMMIT 'x','branch',7", "").id == xa_id(id));
  CHECK(read_statement("XA ROLLBACK X'78',X'',1", "").id == xa_id({1, "x", ""}));
  CHECK(read_statement("XA ROLLBACK X'78'", "").kind == Kind::xa_rollback);
  CHECK(read_statement("XA END X'78'", "").kind == Kind::harmless);
}

TEST_CASE("TruncateNamesItsTable") {
  for (const Case& one : {
           Case{"TRUNCATE TABLE orders", Kind::truncate, "shop.orders"},
           Case{"truncate `Orders`", Kind::truncate, "shop.orders"},
           Case{"TRUNCATE /* why */ shop . orders", Kind::truncate, "shop.orders"},
           Case{"TRUNCATE TABLE `a.b`.`c``d`", Kind::truncate, "\"a.b\".c`d"},
           Case{"TRUNCATE TABLE warehouse.orders", Kind::truncate, "warehouse.orders",
                "shop.orders"},
       }) {
    check(one);
  }
}

TEST_CASE("WhatMayAlterATableIsKnownByItsName") {
  for (const Case& one : {
           Case{"ALTER TABLE orders ADD COLUMN other int DEFAULT 5", Kind::alters_tables,
                "shop.orders"},
           Case{"ALTER TABLE x RENAME TO orders", Kind::alters_tables, "shop.orders"},
           Case{"ALTER TABLE x RENAME orders", Kind::alters_tables, "shop.orders"},
           Case{"ALTER TABLE x EXCHANGE PARTITION p WITH TABLE orders", Kind::alters_tables,
                "shop.orders"},
           Case{"DROP TABLE IF EXISTS a, `shop`.`orders`, b /* generated */", Kind::alters_tables,
                "shop.orders"},
           Case{"RENAME TABLE orders TO _orders_del, _orders_gho TO orders", Kind::alters_tables,
                "shop.orders"},
           Case{"CREATE OR REPLACE TABLE orders (id int)", Kind::alters_tables, "shop.orders"},
           Case{"DROP INDEX `PRIMARY` ON orders", Kind::alters_tables, "shop.orders"},
           Case{"/*!50003 ALTER TABLE orders ENGINE=InnoDB */", Kind::alters_tables, "shop.orders"},
           Case{"/*M!100100 ALTER TABLE orders FORCE */", Kind::alters_tables, "shop.orders"},
           Case{"SET STATEMENT max_statement_time=1 FOR ALTER TABLE orders FORCE",
                Kind::alters_tables, "shop.orders"},
           Case{"ANALYZE UPDATE orders SET n = 1", Kind::alters_tables, "shop.orders"},
           Case{"ANALYZE FORMAT=JSON DELETE FROM orders", Kind::alters_tables, "shop.orders"},
           Case{"REPAIR TABLE orders", Kind::alters_tables, "shop.orders"},
           Case{"NEWVERB orders", Kind::alters_tables, "shop.orders"},
           Case{"DROP DATABASE shop", Kind::drops_database, "shop.orders", "shop2.orders"},
           Case{"DROP SCHEMA IF EXISTS `Shop`", Kind::drops_database, "shop.orders",
                "shopping.orders"},
       }) {
    check(one);
  }
}

TEST_CASE("WhatLeavesRowsAsTheyAreIsHarmless") {
  for (const char* text : {
           "CREATE TEMPORARY TABLE orders (id int)",
           "DROP TEMPORARY TABLE IF EXISTS `orders`",
           "CREATE INDEX i ON orders (a)",
           "ALTER TABLE orders ADD INDEX i (a, b), ADD KEY j (c)",
           "ALTER TABLE orders RENAME INDEX i TO j",
           "ALTER TABLE orders ADD UNIQUE KEY u (a)",
           "CREATE DEFINER=`root`@`%` TRIGGER t BEFORE INSERT ON orders FOR EACH ROW DELETE FROM o",
           "CREATE OR REPLACE ALGORITHM=MERGE VIEW v AS SELECT * FROM orders",
           "CREATE PROCEDURE p() BEGIN TRUNCATE orders; END",
           "GRANT SELECT ON shop.orders TO leat",
           "ANALYZE TABLE orders",
           "ANALYZE NO_WRITE_TO_BINLOG TABLE orders",
           "CHECK TABLE orders",
           "FLUSH TABLES orders",
           "CREATE DATABASE shop",
           "ALTER DATABASE shop CHARACTER SET utf8mb4",
           "SET PASSWORD FOR orders = 'x'",
           "# a comment",
           "",
       }) {
    INFO(text);
    CHECK(read_statement(text, "shop").kind == Kind::harmless);
  }
}

TEST_CASE("ATableThatIsMadeIsNamed") {
  for (const Case& one : {
           Case{"CREATE TABLE orders (id int PRIMARY KEY)", Kind::creates_table, "shop.orders"},
           Case{"CREATE TABLE IF NOT EXISTS `shop`.orders (id int)", Kind::creates_table,
                "shop.orders"},
       }) {
    check(one);
  }
}

TEST_CASE("WhatTakesAnIndexAwayIsHarmlessOnlyToWhoIsNotKnownByIt") {
  for (const Case& one : {
           Case{"ALTER TABLE orders ADD INDEX i (a, b), DROP KEY j", Kind::drops_indexes,
                "shop.orders"},
           Case{"DROP INDEX j ON orders", Kind::drops_indexes, "shop.orders"},
           Case{"DROP INDEX IF EXISTS j ON `shop`.`orders`", Kind::drops_indexes, "shop.orders"},
           Case{"CREATE OR REPLACE UNIQUE INDEX j ON orders (a)", Kind::drops_indexes,
                "shop.orders"},
       }) {
    check(one);
  }
}

TEST_CASE("AnAlterationWithAnIndexAmongOthersIsNotHarmless") {
  for (const char* text : {
           "ALTER IGNORE TABLE orders ADD UNIQUE KEY u (a)",
           "ALTER ONLINE IGNORE TABLE orders ADD UNIQUE KEY u (a)",
           "ALTER TABLE orders ADD INDEX i (a) COMMENT '\\', MODIFY b int NOT NULL, ADD INDEX j "
           "(b) COMMENT ''",
           "ALTER TABLE orders ADD INDEX i (a), ADD COLUMN b int",
           "ALTER TABLE orders DROP KEY `PRIMARY`",
           "ALTER TABLE orders ADD UNIQUE (a)",
           "ALTER TABLE orders",
           "ALTER TABLE orders ADD INDEX i (a),",
       }) {
    INFO(text);
    CHECK(read_statement(text, "shop").kind == Kind::alters_tables);
  }
}

TEST_CASE("RowsChangedByAStatementAreSeenInAnyOfItsTables") {
  for (const Case& one : {
           Case{"INSERT INTO orders VALUES ('other', \"it's\", 'a\\'b')", Kind::changes_rows,
                "shop.orders"},
           Case{"UPDATE a JOIN shop.orders o ON a.id = o.id SET o.n = 1", Kind::changes_rows,
                "shop.orders"},
           Case{"DELETE FROM `shop`.`orders`", Kind::changes_rows, "shop.orders"},
           Case{"LOAD DATA INFILE 'f' INTO TABLE `orders`", Kind::changes_rows, "shop.orders"},
       }) {
    check(one);
  }
}

TEST_CASE("TextThatEndsEarlyIsReadToItsEnd") {
  std::string text = "ALTER TABLE `shop`.`orders` /*!40000 ADD */ COLUMN 'a' \"b\" /* c";
  for (size_t size = 0; size <= text.size(); ++size) {
    Statement statement = read_statement(text.substr(0, size), "shop");
    bool names_it = size >= std::string("ALTER TABLE `shop`.`orders").size();
    CHECK(statement.concerns("shop.orders") == names_it);
  }
}

}  // namespace
}  // namespace leat::cdc::mysql

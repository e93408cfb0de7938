// Which names in statements lead to a table.
#include "cdc/mysql/indirect_changes.h"

#include <catch2/catch.hpp>

#include "cdc/mysql/statement.h"

namespace leat::cdc::mysql {
namespace {

using Names = std::vector<std::string>;

Indirection object(const std::string& name, const std::string& text) {
  return {name, names_in(text, "shop")};
}

TEST_CASE("WhatNamesATableInItsTextLeadsToItAlsoByWhatNamesThat") {
  std::vector<Indirection> all = {
      object("shop.inbox", "BEGIN IF NEW.id > 1 THEN CALL Take(NEW.id); END IF; END"),
      object("shop.take", "INSERT INTO `Orders` VALUES (n)"),
      object("crm.cheap", "select `shop`.`orders`.`id` AS `id` from `shop`.`orders`"),
      object("shop.other", "UPDATE lines SET n = 'orders'"),
      object("shop.loop", "CALL loop()"),
  };
  CHECK(ways_to("shop.orders", all) == Names{"crm.cheap", "shop.inbox", "shop.take"});
  CHECK(ways_to("shop.lines", all) == Names{"shop.other"});
  CHECK(ways_to("crm.orders", all).empty());
}

TEST_CASE("AFunctionThatIsCalledIsNamedLikeATable") {
  for (const char* text : {"SELECT `shop`.`raised`(2)", "DO raised(2)", "select raised(1)"}) {
    Statement statement = read_statement(text, "shop");
    CHECK(statement.kind == StatementKind::changes_rows);
    CHECK(statement.concerns("shop.raised"));
  }
}

}  // namespace
}  // namespace leat::cdc::mysql

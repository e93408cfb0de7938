#include "cdc/mysql/table_definition.h"

#include <catch2/catch.hpp>

namespace leat::cdc::mysql {
namespace {

// The cascades of a table `shop`.`c` with CONSTRAINT behind its columns.
std::vector<CascadeFacts> cascades_of(const std::string& constraint) {
  return cascades_in("CREATE TABLE `c` (\n  `id` int(11) NOT NULL,\n  " + constraint +
                         "\n) ENGINE=InnoDB COMMENT='FOREIGN KEY (`a`) REFERENCES `b` (`c`) ON "
                         "DELETE CASCADE'",
                     "shop");
}

TEST_CASE("AForeignKeyThatDeletesOrChangesTheChildIsACascade") {
  auto out = cascades_of(
      "KEY `a` (`a`), CONSTRAINT `o``ne` FOREIGN KEY (`a`, `)`) REFERENCES `p` (`x`, `y`) ON "
      "DELETE SET NULL ON UPDATE CASCADE,\n  CONSTRAINT `two` FOREIGN KEY (`b`) REFERENCES "
      "`far`.`p` (`x`) ON DELETE CASCADE ON UPDATE NO ACTION");
  REQUIRE(out.size() == 2);
  CHECK(out[0].constraint == "o`ne");
  CHECK(out[0].parent == "shop.p");
  CHECK(out[0].rules == "ON DELETE SET NULL, ON UPDATE CASCADE");
  CHECK(out[1].constraint == "two");
  CHECK(out[1].parent == "far.p");
  CHECK(out[1].rules == "ON DELETE CASCADE");
}

TEST_CASE("AForeignKeyThatOnlyForbidsIsNoCascade") {
  CHECK(cascades_of("CONSTRAINT `k` FOREIGN KEY (`a`) REFERENCES `p` (`x`)").empty());
  CHECK(cascades_of("CONSTRAINT `k` FOREIGN KEY (`a`) REFERENCES `p` (`x`) ON DELETE RESTRICT ON "
                    "UPDATE NO ACTION")
            .empty());
}

TEST_CASE("NamesAndStringsThatReadLikeAForeignKeyAreNone") {
  CHECK(cascades_of("`FOREIGN` int COMMENT 'FOREIGN KEY ON DELETE CASCADE', KEY `KEY` (`FOREIGN`)")
            .empty());
}

TEST_CASE("AForeignKeyOfAFormThatIsNotKnownCountsAsACascade") {
  CHECK(cascades_of("CONSTRAINT `k` FOREIGN KEY (`a`) SOMEHOW").size() == 1);
  CHECK(cascades_of("CONSTRAINT `k` FOREIGN KEY (`a`) REFERENCES `p` (`x`) ON DELETE EAT").size() ==
        1);
  CHECK(cascades_of("CONSTRAINT `k` FOREIGN KEY").size() == 1);
}

}  // namespace
}  // namespace leat::cdc::mysql

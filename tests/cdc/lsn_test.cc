#include "cdc/postgres/lsn.h"

#include <catch2/catch.hpp>

namespace leat::cdc {
namespace {

TEST_CASE("LsnPrintsAsPostgresDoes") {
  CHECK(to_text(Lsn(0x5A3F2E8)) == "0/5A3F2E8");
  CHECK(to_text(Lsn(0x16B374D848)) == "16/B374D848");
}

TEST_CASE("LsnReadsBackWhatItPrints") {
  CHECK(parse_lsn("16/B374D848") == Lsn(0x16B374D848));
  CHECK(parse_lsn("FFFFFFFF/FFFFFFFF") == Lsn(UINT64_MAX));
}

TEST_CASE("TextThatIsNoLsnIsRefused") {
  for (const char* text :
       {"", "/", "1/", "/1", "1", "x/1", "1/2/3", "123456789/0", "-1/0", " 1/0"}) {
    INFO(text);
    CHECK_FALSE(parse_lsn(text).has_value());
  }
}

}  // namespace
}  // namespace leat::cdc

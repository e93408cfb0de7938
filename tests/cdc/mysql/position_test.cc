#include "cdc/mysql/binlog/position.h"

#include <catch2/catch.hpp>

namespace leat::cdc::mysql {
namespace {

MariadbGtids gtids(const std::string& text) {
  auto parsed = MariadbGtids::parse(text);
  if (!parsed.ok()) FAIL(parsed.error().message());
  return *parsed;
}

TEST_CASE("MariaDbGtidsArePrintedByDomain") {
  CHECK(gtids("7-2-15,0-1-270").to_text() == "0-1-270,7-2-15");
  CHECK(gtids("").to_text().empty());
}

TEST_CASE("WhatIsNoListOfMariaDbGtidsIsRefused") {
  for (const char* text : {"0-1", "0-1-2-3", "a-1-2", "0-1-2,", "0-1-2,0-3-4", "-1-2-3",
                           "4294967296-1-1", "0-1-18446744073709551616"}) {
    INFO(text);
    CHECK_FALSE(MariadbGtids::parse(text).ok());
  }
}

TEST_CASE("TheLaterMariaDbGtidOfADomainCounts") {
  MariadbGtids all = gtids("0-1-5");
  all.add({0, 2, 6});
  all.add({0, 1, 4});
  all.add(gtids("3-1-1"));
  CHECK(all.to_text() == "0-2-6,3-1-1");
  CHECK(all.contains({0, 1, 6}));
  CHECK_FALSE(all.contains({0, 1, 7}));
  CHECK_FALSE(all.contains({4, 1, 1}));
  CHECK(all.contains(gtids("0-9-6")));
  CHECK_FALSE(all.contains(gtids("0-9-6,8-1-1")));
}

Position mysql_position() {
  Position out;
  out.gtids = *GtidSet::parse("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:blue:2");
  out.server = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
  out.file = "binlog.000003";
  out.offset = 5'000'000'000;
  return out;
}

Position mariadb_position() {
  Position out;
  out.flavour = Flavour::mariadb;
  out.mariadb_gtids = gtids("0-1-270,7-2-15");
  out.server = "1";
  return out;
}

TEST_CASE("PositionsReadBackAsTheyWereWritten") {
  for (const Position& position : {mysql_position(), mariadb_position(), Position()}) {
    auto decoded = decode_position(encode_position(position));
    REQUIRE(decoded.ok());
    CHECK(*decoded == position);
  }
}

TEST_CASE("APositionIsShownByItsGtidsAndElseByItsFile") {
  CHECK(to_text(mariadb_position()) == "0-1-270,7-2-15");
  Position file = mysql_position();
  file.gtids = {};
  CHECK(to_text(file) == "binlog.000003:5000000000");
}

TEST_CASE("WhatIsNoPositionIsRefused") {
  std::string bytes = encode_position(mysql_position());
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(decode_position(bytes.substr(0, size)).ok());
  }
  CHECK_FALSE(decode_position(bytes + "x").ok());
  bytes[0] = 2;
  CHECK_FALSE(decode_position(bytes).ok());
}

}  // namespace
}  // namespace leat::cdc::mysql

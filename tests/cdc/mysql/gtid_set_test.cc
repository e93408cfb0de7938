#include "cdc/mysql/binlog/gtid_set.h"

#include <catch2/catch.hpp>

namespace leat::cdc::mysql {
namespace {

const std::string kA = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
const std::string kB = "4e11fa47-71ca-11e1-9e33-c80aa9429562";

GtidSet set(const std::string& text) {
  auto parsed = GtidSet::parse(text);
  if (!parsed.ok()) FAIL(parsed.error().message());
  return *parsed;
}

GtidSource source(const std::string& uuid, const std::string& tag = "") {
  auto parsed = parse_uuid(uuid);
  REQUIRE(parsed.ok());
  return {*parsed, tag};
}

TEST_CASE("AGtidSetIsPrintedAsTheServerPrintsIt") {
  std::string text = kA + ":1-5:8:10-12," + kB + ":3:blue:1-2:red:7";
  CHECK(set(text).to_text() == text);
  CHECK(set("").to_text().empty());
}

TEST_CASE("BlanksLineEndsAndCaseOfAGtidSetDoNotCount") {
  std::string upper = "3E11FA47-71CA-11E1-9E33-C80AA9429562";
  CHECK(set(" " + upper + ":1-3,\n" + upper + ":7 ").to_text() == kA + ":1-3:7");
  CHECK(set(kA + ":Blue:1").to_text() == kA + ":blue:1");
}

TEST_CASE("IntervalsThatTouchOrOverlapBecomeOne") {
  CHECK(set(kA + ":1-3:4-6:10:8-11:9").to_text() == kA + ":1-6:8-11");
  GtidSet one = set(kA + ":1-3:5-7");
  one.add(source(kA), 4);
  CHECK(one.to_text() == kA + ":1-7");
}

TEST_CASE("WhatIsNoGtidSetIsRefused") {
  for (const char* text : {":0", ":3-1", ":x-y", "", ":1-", ":1:2x", ":9223372036854775807",
                           ":blue", ":toolongtagtoolongtagtoolongtagtool:1"}) {
    INFO(text);
    CHECK_FALSE(GtidSet::parse(kA + text).ok());
  }
  CHECK_FALSE(GtidSet::parse("3e11fa47:1").ok());
}

TEST_CASE("AGtidSetContainsItsPartsAndNoOther") {
  GtidSet all = set(kA + ":1-10:blue:1-3");
  CHECK(all.contains(set(kA + ":1:5-10")));
  CHECK(all.contains(set("")));
  CHECK_FALSE(all.contains(set(kA + ":10-11")));
  CHECK_FALSE(all.contains(set(kB + ":1")));
  CHECK(all.contains(source(kA, "blue"), 3));
  CHECK_FALSE(all.contains(source(kA, "blue"), 4));
  CHECK_FALSE(all.contains(source(kA, "red"), 1));
}

TEST_CASE("UnionAndDifferenceOfGtidSetsAreExact") {
  GtidSet all = set(kA + ":1-3:7");
  all.add(set(kA + ":4:9-10," + kB + ":1"));
  CHECK(all.to_text() == kA + ":1-4:7:9-10," + kB + ":1");
  CHECK(all.minus(set(kA + ":2-9," + kB + ":1")).to_text() == kA + ":1:10");
  CHECK(all.minus(all).empty());
}

TEST_CASE("TheBinaryFormOfAGtidSetReadsBack") {
  for (const std::string& text :
       {kA + ":1-5:8," + kB + ":3", kA + ":1:blue:1-2," + kB + ":red:7", std::string()}) {
    auto decoded = GtidSet::decode(set(text).encode());
    REQUIRE(decoded.ok());
    CHECK(decoded->to_text() == text);
  }
}

TEST_CASE("EveryTruncationOfABinaryGtidSetIsAnError") {
  std::string bytes = set(kA + ":1:blue:1-2," + kB + ":red:7").encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(GtidSet::decode(bytes.substr(0, size)).ok());
  }
  CHECK_FALSE(GtidSet::decode(bytes + "x").ok());
}

}  // namespace
}  // namespace leat::cdc::mysql

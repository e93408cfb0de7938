#include <catch2/catch.hpp>
#include <string>

#include "log/base/arena.h"
#include "log/model/text_format.h"

using namespace leat;

namespace {

std::string reprinted(std::string_view text) {
  Arena arena;
  auto value = parse_text(TypeId::float64, text, arena);
  REQUIRE(value.ok());
  std::string printed;
  append_text(TypeId::float64, *value, &printed);
  return printed;
}

}  // namespace

TEST_CASE("FloatsPrintTheFewestDigitsThatComeBack") {
  for (const std::string text :
       {"0.1", "5e-324", "1e+15", "100000", "1.7976931348623157e+308", "-2.5e-07"}) {
    CHECK(reprinted(text) == text);
  }
  CHECK(reprinted("9007199254740993") == "9.007199254740992e+15");
}

TEST_CASE("FloatThatOnlySeemsToLieBetweenTwoKeepsItsFewestDigits") {
  // In long doubles, which round it, the decimal falls on the middle of two doubles; it lies
  // beside.
  CHECK(reprinted("6.092637050559962e+293") == "6.092637050559962e+293");
}

#include "log/model/numeric.h"

#include <catch2/catch.hpp>

#include "tests/support/random_values.h"

using namespace leat;

namespace {

Numeric number(std::string_view text) {
  return *parse_numeric(text);
}

std::string text(const Numeric& value) {
  std::string out;
  append_numeric_text(value, &out);
  return out;
}

std::string text(const NumericResult& value) {
  return value.ok() ? text(*value) : value.error().message;
}

}  // namespace

TEST_CASE("NumericSumsAndProductsKeepPostgresScale") {
  CHECK(text(add(number("1.5"), number("2.25"))) == "3.75");
  CHECK(text(subtract(number("1.50"), number("1.5"))) == "0.00");
  CHECK(text(multiply(number("1.50"), number("-2.0"))) == "-3.000");
  CHECK(text(modulo(number("-7.5"), number("2"))) == "-1.5");
}

TEST_CASE("NumericQuotientsHavePostgresScale") {
  CHECK(text(divide(number("1"), number("3"))) == "0.33333333333333333333");
  CHECK(text(divide(number("10"), number("2"))) == "5.0000000000000000");
  CHECK(text(divide(number("2"), number("3"))) == "0.66666666666666666667");
  CHECK(text(divide(number("1"), number("0"))) == "division by zero");
}

TEST_CASE("NumericRootsAndPowersHavePostgresScale") {
  CHECK(text(square_root(number("2"))) == "1.414213562373095");
  CHECK(text(square_root(number("0.49873"))) == "0.70620818460281243");
  CHECK(text(power(number("2"), number("0.0"))) == "1.0000000000000000");
  CHECK(text(power(number("1"), number("13243399"))) == "1.0000000000000000");
  CHECK(text(power(number("3"), number("-2"))) == "0.1111111111111111");
  CHECK(text(power(number("-Infinity"), number("-0.5"))) ==
        "a negative number raised to a non-integer power yields a complex result");
  CHECK(text(power(number("10"), number("200000"))) == "value overflows numeric format");
}

TEST_CASE("NumericRoundsHalvesAwayFromZero") {
  CHECK(text(round(number("2.5"), 0)) == "3");
  CHECK(text(round(number("-2.5"), 0)) == "-3");
  CHECK(text(round(number("1250"), -2)) == "1300");
  CHECK(text(round(number("1.5"), 3)) == "1.500");
  CHECK(text(truncate(number("-1.99"), 1)) == "-1.9");
  CHECK(text(ceiling(number("-1.5"))) == "-1");
  CHECK(text(floor(number("-1.5"))) == "-2");
}

TEST_CASE("NumericSpecialValuesFollowPostgres") {
  CHECK(text(add(number("Infinity"), number("-Infinity"))) == "NaN");
  CHECK(text(multiply(number("Infinity"), number("0"))) == "NaN");
  CHECK(text(divide(number("1"), number("Infinity"))) == "0");
  CHECK(text(divide(number("Infinity"), number("0"))) == "division by zero");
  CHECK(compare(number("NaN"), number("Infinity")) > 0);
  CHECK(compare(number("NaN"), number("NaN")) == 0);
}

TEST_CASE("NumericBeyond128BitsIsExact") {
  std::string nines(60, '9');
  CHECK(text(add(number(nines), number("1"))) == "1" + std::string(60, '0'));
  CHECK(text(subtract(number("1" + std::string(60, '0')), number("1"))) == nines);
  CHECK(text(multiply(number(nines), number(nines))) ==
        std::string(59, '9') + "8" + std::string(59, '0') + "1");
}

TEST_CASE("NumericModifierRoundsAndRefusesWhatDoesNotFit") {
  constexpr int32_t kNumeric5_2 = (5 << 16 | 2) + 4;
  CHECK(text(apply_numeric_modifier(number("123.456"), kNumeric5_2)) == "123.46");
  CHECK(text(apply_numeric_modifier(number("999.995"), kNumeric5_2)) == "numeric field overflow");
  CHECK(text(apply_numeric_modifier(number("NaN"), kNumeric5_2)) == "NaN");
  constexpr int32_t kNumeric3_m2 = (3 << 16 | (-2 & 0x7ff)) + 4;
  CHECK(text(apply_numeric_modifier(number("12350"), kNumeric3_m2)) == "12400");
}

TEST_CASE("NumericHasOneEncodingForAValueWithItsScale") {
  test::RandomValues random(test::random_seed());
  for (int i = 0; i < 5000; ++i) {
    Arena arena;
    Datum value = random.value(TypeId::numeric, arena);
    REQUIRE(is_encoded_numeric(value.bytes()));
    std::string again;
    Numeric::of_encoded(value.bytes()).append_encoded(&again);
    REQUIRE(again == value.bytes());
    REQUIRE(Numeric::of_encoded(value.bytes()).to_datum(arena).bytes() == value.bytes());
  }
  CHECK_FALSE(is_encoded_numeric(std::string_view("\x03\x00", 2)));
  CHECK_FALSE(is_encoded_numeric(std::string_view("\x03\x01\x00", 3)));
  CHECK_FALSE(is_encoded_numeric("\x03\xFF\xFF"));
  CHECK_FALSE(is_encoded_numeric(std::string_view("\x83\x00", 2)));
  CHECK_FALSE(is_encoded_numeric(""));
  CHECK_FALSE(is_encoded_numeric(std::string_view("\x00\x00", 2)));
}

TEST_CASE("NumericArithmeticAgreesWithItself") {
  test::RandomValues random(test::random_seed());
  Arena arena;
  for (int i = 0; i < 3000; ++i) {
    Numeric a = Numeric::of_encoded(random.value(TypeId::numeric, arena).bytes());
    Numeric b = Numeric::of_encoded(random.value(TypeId::numeric, arena).bytes());
    if (!a.is_finite() || !b.is_finite()) continue;
    INFO(text(a) << " and " << text(b));
    REQUIRE(compare(*subtract(*add(a, b), b), a) == 0);
    if (b.sign() == 0) continue;
    // a = trunc(a / b) * b + a % b, where the remainder is smaller than b.
    Numeric rest = *modulo(a, b);
    REQUIRE(compare(absolute(rest), absolute(b)) < 0);
    REQUIRE(compare(*modulo(*subtract(a, rest), b), Numeric()) == 0);
  }
}

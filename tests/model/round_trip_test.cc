#include <catch2/catch.hpp>
#include <cstring>

#include "log/base/bytes.h"
#include "log/model/binary_format.h"
#include "log/model/key.h"
#include "log/model/row.h"
#include "log/model/text_format.h"
#include "tests/support/random_values.h"

using namespace leat;
using leat::test::kAllTypes;
using leat::test::RandomValues;

namespace {

constexpr int kRounds = 2000;

std::string row_of(TypeId type, const Datum& value) {
  std::string out;
  append_row({{type}}, std::span(&value, 1), &out);
  return out;
}

std::string text_of(TypeId type, const Datum& value) {
  std::string out;
  append_text(type, value, &out);
  return out;
}

std::string key_of(TypeId type, const Datum& value) {
  std::string out;
  append_key_field(type, value, &out);
  return out;
}

RowType random_row_type(RandomValues& random) {
  RowType type;
  for (int64_t i = random.between(0, 20); i > 0; --i) {
    type.push_back({kAllTypes[random.between(0, std::size(kAllTypes) - 1)]});
  }
  return type;
}

std::vector<Datum> random_row(const RowType& type, RandomValues& random, Arena& arena) {
  std::vector<Datum> values;
  for (const Type& column : type) {
    values.push_back(random.one_in(4) ? Datum::null() : random.value(column.id, arena));
  }
  return values;
}

int sign(int value) {
  return value < 0 ? -1 : value > 0 ? 1 : 0;
}

}  // namespace

TEST_CASE("EveryTypeComesBackFromItsText") {
  RandomValues random(test::random_seed());
  for (TypeId type : kAllTypes) {
    for (int i = 0; i < kRounds; ++i) {
      Arena arena;
      Datum value = random.value(type, arena);
      std::string text = text_of(type, value);
      INFO(type_name(type) << ": " << text);
      auto back = parse_text(type, text, arena);
      REQUIRE(back.ok());
      REQUIRE(row_of(type, *back) == row_of(type, value));
    }
  }
}

TEST_CASE("EveryTypeComesBackFromTheBinaryFormat") {
  RandomValues random(test::random_seed());
  for (TypeId type : kAllTypes) {
    for (int i = 0; i < kRounds; ++i) {
      Arena arena;
      Datum value = random.value(type, arena);
      std::string bytes;
      append_binary(type, value, &bytes);
      INFO(type_name(type) << ": " << text_of(type, value));
      auto back = decode_binary({type}, bytes, arena);
      REQUIRE(back.ok());
      REQUIRE(row_of(type, *back) == row_of(type, value));
    }
  }
}

TEST_CASE("RowsOfRandomTypesComeBackUnchanged") {
  RandomValues random(test::random_seed());
  for (int i = 0; i < kRounds; ++i) {
    Arena arena;
    RowType type = random_row_type(random);
    std::vector<Datum> values = random_row(type, random, arena);
    std::string row;
    append_row(type, values, &row);
    std::vector<Datum> back(type.size());
    REQUIRE(decode_row(type, row, back).ok());
    std::string again;
    append_row(type, back, &again);
    REQUIRE(again == row);
    for (size_t c = 0; c < type.size(); ++c) {
      REQUIRE(back[c].is_null() == values[c].is_null());
      if (!back[c].is_null())
        REQUIRE(text_of(type[c].id, back[c]) == text_of(type[c].id, values[c]));
    }
  }
}

TEST_CASE("ATruncatedOrLengthenedRowIsRefused") {
  RandomValues random(test::random_seed());
  for (int i = 0; i < 300; ++i) {
    Arena arena;
    RowType type = random_row_type(random);
    std::string row;
    append_row(type, random_row(type, random, arena), &row);
    std::vector<Datum> out(type.size());
    for (size_t size = 0; size < row.size(); ++size) {
      // A copy of its own, so that a read beyond it is seen by the address sanitizer.
      std::string cut(row, 0, size);
      cut.shrink_to_fit();
      REQUIRE_FALSE(decode_row(type, cut, out).ok());
    }
    REQUIRE_FALSE(decode_row(type, row + '\0', out).ok());
  }
}

TEST_CASE("ARowWithDamagedBytesIsRefusedOrIsAnotherWholeRow") {
  RandomValues random(test::random_seed());
  for (int i = 0; i < kRounds; ++i) {
    Arena arena;
    RowType type = random_row_type(random);
    std::string row;
    append_row(type, random_row(type, random, arena), &row);
    if (row.empty()) continue;
    row[static_cast<size_t>(random.between(0, static_cast<int64_t>(row.size()) - 1))] ^=
        static_cast<char>(1 << random.between(0, 7));
    std::vector<Datum> out(type.size());
    if (!decode_row(type, row, out).ok()) continue;
    std::string again;
    append_row(type, out, &again);
    REQUIRE(again == row);
  }
}

TEST_CASE("ARowWithATimestampThatNoServerHasIsRefused") {
  auto is_row = [](TypeId type, int64_t value) {
    Datum datum = Datum::of_int(value), out;
    return decode_row({{type}}, row_of(type, datum), std::span(&out, 1)).ok();
  };
  CHECK_FALSE(is_row(TypeId::timestamp, INT64_MIN + 1));
  CHECK(is_row(TypeId::timestamp, INT64_MIN));
  CHECK_FALSE(is_row(TypeId::date, INT32_MAX - 1));
  CHECK_FALSE(is_row(TypeId::time, -1));
}

TEST_CASE("KeysKeepTheOrderAndAreEqualExactlyForEqualValues") {
  RandomValues random(test::random_seed());
  for (TypeId type : kAllTypes) {
    if (!type_can_be_key(type)) continue;
    for (int i = 0; i < kRounds; ++i) {
      Arena arena;
      Datum a = random.value(type, arena), b = random.value(type, arena);
      INFO(type_name(type) << ": " << text_of(type, a) << " and " << text_of(type, b));
      REQUIRE(sign(key_of(type, a).compare(key_of(type, b))) == sign(compare_datums(type, a, b)));
      REQUIRE(sign(compare_datums(type, b, a)) == -sign(compare_datums(type, a, b)));
    }
  }
}

TEST_CASE("NoKeyFieldIsAPrefixOfAnother") {
  RandomValues random(test::random_seed());
  for (TypeId type : kAllTypes) {
    if (!type_can_be_key(type)) continue;
    for (int i = 0; i < kRounds; ++i) {
      Arena arena;
      std::string a = key_of(type, random.value(type, arena));
      std::string b =
          random.one_in(10) ? key_of(type, Datum::null()) : key_of(type, random.value(type, arena));
      if (a == b) continue;
      REQUIRE(a.compare(0, b.size(), b) != 0);
      REQUIRE(b.compare(0, a.size(), a) != 0);
    }
  }
}

TEST_CASE("NullComesAfterEveryKey") {
  RandomValues random(test::random_seed());
  for (TypeId type : kAllTypes) {
    Arena arena;
    CHECK(key_of(type, random.value(type, arena)) < key_of(type, Datum::null()));
  }
}

TEST_CASE("KeysOfEqualValuesInDifferentFormAreEqual") {
  auto key = [](TypeId type, std::string_view text) {
    Arena arena;
    return key_of(type, *parse_text(type, text, arena));
  };
  CHECK(key(TypeId::numeric, "1.0") == key(TypeId::numeric, "1.000"));
  CHECK(key(TypeId::numeric, "-0.00") == key(TypeId::numeric, "0"));
  CHECK(key(TypeId::numeric, "100") == key(TypeId::numeric, "1e2"));
  CHECK(key(TypeId::float64, "-0") == key(TypeId::float64, "0"));
  CHECK(key(TypeId::float32, "1.5") == key(TypeId::float64, "1.5"));
  CHECK(key(TypeId::bpchar, "a") == key(TypeId::bpchar, "a  "));
  CHECK(key(TypeId::text, "a") != key(TypeId::text, "a  "));
  CHECK(key(TypeId::int16, "7") == key(TypeId::int64, "7"));
  CHECK(key(TypeId::interval, "1 mon") == key(TypeId::interval, "30 days"));
  CHECK(key(TypeId::interval, "1 day") == key(TypeId::interval, "24:00:00"));
  CHECK(key(TypeId::timetz, "10:00+02") != key(TypeId::timetz, "08:00+00"));
}

TEST_CASE("RandomBytesNeverBreakTheBinaryDecoder") {
  RandomValues random(test::random_seed());
  for (TypeId type : kAllTypes) {
    for (int i = 0; i < kRounds; ++i) {
      Arena arena;
      Datum bytes = random.value(TypeId::bytea, arena);
      auto value = decode_binary({type}, bytes.bytes(), arena);
      if (!value.ok()) continue;
      // What was accepted prints, and can be stored.
      text_of(type, *value);
      Datum back;
      REQUIRE(decode_row({{type}}, row_of(type, *value), std::span(&back, 1)).ok());
    }
  }
}

TEST_CASE("TextThatIsNotUtf8IsRefusedNamingTheFirstBadByte") {
  Arena arena;
  auto bad = decode_binary({TypeId::text}, "caf\xE9 au lait", arena);
  REQUIRE_FALSE(bad.ok());
  CHECK(bad.error().message() == "bytes are not valid UTF-8 (first bad byte 0xE9 at 3)");
  for (std::string_view text :
       {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80", "12345678\xFF"}) {
    CHECK_FALSE(decode_binary({TypeId::text}, text, arena).ok());
  }
  CHECK(decode_binary({TypeId::text}, "日本語 😀 \xF4\x8F\xBF\xBF", arena).ok());
}

TEST_CASE("ValuesPrintAsPostgresPrintsThem") {
  struct Case {
    TypeId type;
    const char* text;
    const char* printed;
  };
  const Case cases[] = {
      {TypeId::float64, "1e20", "1e+20"},
      {TypeId::float64, "100000000000000", "100000000000000"},
      {TypeId::float64, "1e15", "1e+15"},
      {TypeId::float64, "0.0001", "0.0001"},
      {TypeId::float64, "0.00001", "1e-05"},
      {TypeId::float64, "-0", "-0"},
      {TypeId::float64, "inf", "Infinity"},
      {TypeId::float32, "0.1", "0.1"},
      {TypeId::float32, "1000000", "1e+06"},
      // 9e+09 lies exactly between two floats.
      {TypeId::float32, "9e9", "8.999999e+09"},
      {TypeId::numeric, "99e 00", "99"},
      {TypeId::time, "04:05.5", "00:04:05.5"},
      {TypeId::numeric, "1.500", "1.500"},
      {TypeId::numeric, " -1.5e3 ", "-1500"},
      {TypeId::numeric, ".5", "0.5"},
      {TypeId::numeric, "1.5e-3", "0.0015"},
      {TypeId::numeric, "inf", "Infinity"},
      {TypeId::bytea, "a\\\\b\\000", "\\x615c6200"},
      {TypeId::bytea, "\\xDE AD", "\\xdead"},
      {TypeId::uuid, "{A0EEBC99-9c0b4ef8-bb6d-6bb9bd380a11}",
       "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
      {TypeId::date, "0044-03-15 BC", "0044-03-15 BC"},
      {TypeId::date, "20260228", "2026-02-28"},
      {TypeId::date, "1/2/2003", "2003-01-02"},
      {TypeId::date, "infinity", "infinity"},
      {TypeId::time, "24:00:00", "24:00:00"},
      {TypeId::time, "04:05:06.789000", "04:05:06.789"},
      {TypeId::time, "11:05 PM", "23:05:00"},
      {TypeId::timetz, "04:05:06-08", "04:05:06-08"},
      {TypeId::timetz, "04:05+05:45", "04:05:00+05:45"},
      {TypeId::timestamp, "2026-11-22T10:20:30.5", "2026-11-22 10:20:30.5"},
      {TypeId::timestamp, "0001-01-01 00:00:00 BC", "0001-01-01 00:00:00 BC"},
      {TypeId::timestamptz, "2026-11-22 10:20:30+02", "2026-11-22 08:20:30+00"},
      {TypeId::timestamptz, "2026-11-22T10:20:30Z", "2026-11-22 10:20:30+00"},
      {TypeId::interval, "1 year 2 months 3 days 4:05:06.7", "1 year 2 mons 3 days 04:05:06.7"},
      {TypeId::interval, "-1 mons +2 days", "-1 mons +2 days"},
      {TypeId::interval, "1.5 days", "1 day 12:00:00"},
      {TypeId::interval, "2 weeks ago", "-14 days"},
      {TypeId::interval, "P1Y2M3DT4H5M6S", "1 year 2 mons 3 days 04:05:06"},
      {TypeId::interval, "1-2", "1 year 2 mons"},
      {TypeId::interval, "0", "00:00:00"},
      {TypeId::interval, "1 2:03", "1 day 02:03:00"},
      {TypeId::jsonb, "{\"bb\":1e2, \"a\" :[1,2.50],\"bb\": null}",
       "{\"a\": [1, 2.50], \"bb\": null}"},
      {TypeId::json, "{\"b\":1,  \"a\":2}", "{\"b\":1,  \"a\":2}"},
  };
  for (const Case& c : cases) {
    Arena arena;
    auto value = parse_text(c.type, c.text, arena);
    INFO(type_name(c.type) << ": " << c.text);
    REQUIRE(value.ok());
    CHECK(text_of(c.type, *value) == c.printed);
  }
}

TEST_CASE("TextThatIsNoValueGivesPostgresSentence") {
  struct Case {
    TypeId type;
    const char* text;
    const char* sentence;
    const char* sqlstate;
  };
  const Case cases[] = {
      {TypeId::int32, "x", "invalid input syntax for type integer: \"x\"", "22P02"},
      {TypeId::int32, "1.5", "invalid input syntax for type integer: \"1.5\"", "22P02"},
      {TypeId::int16, "40000", "value \"40000\" is out of range for type smallint", "22003"},
      {TypeId::numeric, "1e", "invalid input syntax for type numeric: \"1e\"", "22P02"},
      {TypeId::numeric, "1e200000", "value overflows numeric format", "22003"},
      {TypeId::float64, "1e400", "\"1e400\" is out of range for type double precision", "22003"},
      {TypeId::boolean, "maybe", "invalid input syntax for type boolean: \"maybe\"", "22P02"},
      {TypeId::date, "2026-02-30", "date/time field value out of range: \"2026-02-30\"", "22008"},
      {TypeId::date, "yes", "invalid input syntax for type date: \"yes\"", "22007"},
      {TypeId::time, "25:00", "date/time field value out of range: \"25:00\"", "22008"},
      {TypeId::timestamptz, "2026-01-01 10:00+99",
       "time zone displacement out of range: \"2026-01-01 10:00+99\"", "22009"},
      {TypeId::timestamptz, "2026-01-01 10:00+220240100",
       "time zone displacement out of range: \"2026-01-01 10:00+220240100\"", "22009"},
      {TypeId::interval, "1 fortnight", "invalid input syntax for type interval: \"1 fortnight\"",
       "22007"},
      {TypeId::json, "{", "invalid input syntax for type json", "22P02"},
      {TypeId::uuid, "12", "invalid input syntax for type uuid: \"12\"", "22P02"},
  };
  for (const Case& c : cases) {
    Arena arena;
    auto value = parse_value(c.type, c.text, arena);
    INFO(c.text);
    REQUIRE_FALSE(value.ok());
    CHECK(value.error().message == c.sentence);
    CHECK(value.error().sqlstate == std::string(c.sqlstate));
  }
}

TEST_CASE("TextThatDependsOnThePresentIsRefused") {
  Arena arena;
  auto value = parse_value(TypeId::date, "today", arena);
  REQUIRE_FALSE(value.ok());
  CHECK(value.error().sqlstate == std::string("0A000"));
}

TEST_CASE("EveryKeyComesBackEqualToWhatWasWritten") {
  RandomValues random(test::random_seed());
  for (TypeId type : kAllTypes) {
    if (!type_can_be_key(type)) continue;
    for (int i = 0; i < kRounds; ++i) {
      Arena arena;
      const Datum values[] = {random.value(type, arena), Datum::null()};
      INFO(type_name(type) << ": " << text_of(type, values[0]));
      const std::string one = key_of(type, values[0]);
      const std::string key = one + key_of(type, values[1]);
      Datum back[2];
      REQUIRE(decode_key({{type}, {type}}, key, arena, back).ok());
      REQUIRE(compare_datums(type, back[0], values[0]) == 0);
      REQUIRE(key_of(type, back[0]) == one);
      REQUIRE(back[1].is_null());
      REQUIRE_FALSE(decode_key({{type}, {type}}, key.substr(0, one.size() - 1), arena, back).ok());
      REQUIRE_FALSE(decode_key({{type}}, key, arena, back).ok());
    }
  }
}

TEST_CASE("ATimeWithZoneKeyThatNoTimeOfDayHasIsRefused") {
  Arena arena;
  Datum back[1];
  std::string key = key_of(TypeId::timetz, *parse_text(TypeId::timetz, "23:59+15:59", arena));
  REQUIRE(decode_key({{TypeId::timetz}}, key, arena, back).ok());
  for (size_t at : {1, 9}) {  // the moment's highest byte, and the zone's
    for (char byte : {'\0', '\xff'}) {
      std::string damaged = key;
      damaged[at] = byte;
      CHECK_FALSE(decode_key({{TypeId::timetz}}, damaged, arena, back).ok());
    }
  }
}

TEST_CASE("NumericKeyOfAColumnWithAScaleComesBackWithIt") {
  Arena arena;
  Datum value = *parse_text(TypeId::numeric, "12.50", arena);
  Datum back[1];
  constexpr int32_t kScaleTwo = ((10 << 16) | 2) + 4;  // numeric(10,2)
  REQUIRE(
      decode_key({{TypeId::numeric, kScaleTwo}}, key_of(TypeId::numeric, value), arena, back).ok());
  CHECK(text_of(TypeId::numeric, back[0]) == "12.50");
  REQUIRE(decode_key({{TypeId::numeric}}, key_of(TypeId::numeric, value), arena, back).ok());
  CHECK(text_of(TypeId::numeric, back[0]) == "12.5");
}

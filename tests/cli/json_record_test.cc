#include "cli/topics/json_record.h"

#include <catch2/catch.hpp>
#include <vector>

#include "cli/text/base64.h"
#include "cli/topics/column_list.h"
#include "log/model/key.h"
#include "log/model/row.h"
#include "log/model/text_format.h"

namespace leat::cli {
namespace {

using Catch::Matchers::Contains;

Schema schema_of(const std::string& columns, const std::string& key = "") {
  auto schema = parse_columns(columns, key);
  if (!schema.ok()) FAIL(schema.error().message());
  return *schema;
}

// The record's values as text, "NULL" where there is none.
std::vector<std::string> values_of(const std::string& columns, const std::string& line) {
  Schema schema = schema_of(columns);
  JsonRecordReader reader(schema);
  Status read = reader.read(line);
  if (!read.ok()) FAIL(read.error().message());
  std::vector<Datum> values(schema.columns.size());
  REQUIRE(decode_row(schema.row_type(), reader.row(), values).ok());
  std::vector<std::string> texts;
  for (size_t i = 0; i < values.size(); ++i) {
    std::string text = "NULL";
    if (!values[i].is_null()) {
      text.clear();
      append_text(schema.columns[i].type.id, values[i], &text);
    }
    texts.push_back(text);
  }
  return texts;
}

std::string refusal(const std::string& columns, const std::string& line) {
  Schema schema = schema_of(columns);
  JsonRecordReader reader(schema);
  Status read = reader.read(line);
  return read.ok() ? "it was taken" : read.error().message();
}

using Texts = std::vector<std::string>;

TEST_CASE("JsonValuesBecomeTheirColumnsValues") {
  CHECK(values_of("b boolean, s smallint, i integer, l bigint",
                  R"({"l":-9223372036854775808,"b":true,"i":7,"s":-1})") ==
        Texts{"t", "-1", "7", "-9223372036854775808"});
  CHECK(values_of("r real, d double precision, e double precision",
                  R"({"r":1.5,"d":"NaN","e":"-Infinity"})") == Texts{"1.5", "NaN", "-Infinity"});
  CHECK(values_of("n numeric, m numeric", R"({"n":12.50,"m":"0.10"})") == Texts{"12.50", "0.10"});
  CHECK(values_of("t text, x bytea", R"({"t":"a\"b\u00e9\n","x":"AP8="})") ==
        Texts{"a\"bé\n", "\\x00ff"});
  CHECK(values_of("d date, t timestamptz, i interval",
                  R"({"d":"2026-11-22","t":"2026-11-22 13:00:00+01","i":"1 day 02:00:00"})") ==
        Texts{"2026-11-22", "2026-11-22 12:00:00+00", "1 day 02:00:00"});
  CHECK(values_of("j json, k jsonb, l jsonb", R"({"j":{"b": [1, 2]},"k":"{\"a\":1}","l":7})") ==
        Texts{R"({"b": [1, 2]})", R"({"a": 1})", "7"});
}

TEST_CASE("AColumnThatMayBeNullMayBeLeftOut") {
  CHECK(values_of("a integer, b text, c text not null", R"({"c":"","a":null})") ==
        Texts{"NULL", "NULL", ""});
}

TEST_CASE("AValueOfAnotherTypeIsRefusedWithWhatWouldBeRight") {
  CHECK(refusal("id integer", R"({"id":"42"})") ==
        "column id (integer) cannot be \"42\"; write a whole number such as 42");
  CHECK_THAT(refusal("id integer", R"({"id":1.5})"), Contains("cannot be 1.5"));
  CHECK_THAT(refusal("id smallint", R"({"id":40000})"), Contains("out of range"));
  CHECK_THAT(refusal("ok boolean", R"({"ok":"true"})"), Contains("write true or false"));
  CHECK_THAT(refusal("x double precision", R"({"x":"1.5"})"), Contains("cannot be \"1.5\""));
  CHECK_THAT(refusal("note text", R"({"note":7})"), Contains("a string such as \"abc\""));
  CHECK_THAT(refusal("note text", R"({"note":"\u0000"})"), Contains("cannot be"));
  CHECK_THAT(refusal("x bytea", R"({"x":"AQI"})"), Contains("base64"));
  CHECK_THAT(refusal("at timestamptz", R"({"at":"yesterday-ish"})"),
             Contains("2026-11-22 12:30:00+00"));
  CHECK_THAT(refusal("at timestamptz", R"({"at":1700000000})"), Contains("cannot be 1700000000"));
  CHECK_THAT(refusal("j json", R"({"j":"{"})"), Contains("JSON"));
}

TEST_CASE("MissingUnknownAndRepeatedColumnsAreRefused") {
  CHECK(refusal("id integer not null", "{}") ==
        "column id (integer) is missing, and must not be null; write a whole number such as 42");
  CHECK_THAT(refusal("id integer not null", R"({"id":null})"), Contains("must not be null"));
  CHECK(refusal("at date, page text", R"({"pag":"x"})") ==
        "there is no column 'pag'; did you mean 'page'?");
  CHECK_THAT(refusal("at date, page text", R"({"before":null})"), Contains("there are at, page"));
  CHECK(refusal("page text", R"({"page":"x","page":"y"})") == "column page stands twice");
}

TEST_CASE("WhatIsNoJsonObjectIsRefused") {
  for (const char* line : {"[1]", "7", "{\"id\":1", "{\"id\":1} {\"id\":2}", "nonsense"}) {
    CHECK_THAT(refusal("id integer", line), Contains("no JSON object"));
  }
  CHECK_THAT(refusal("note text", "{\"note\":\"\xC3\"}"), Contains("not valid UTF-8"));
  std::string shown = refusal("id integer", "\"" + std::string(38, 'x') + "éééé\"");
  CHECK_THAT(shown, Contains("xx…"));  // ends between two characters
}

TEST_CASE("TheKeyIsThatOfTheKeyColumns") {
  Schema schema = schema_of("page text, id integer", "id");
  JsonRecordReader reader(schema);
  REQUIRE(reader.read(R"({"page":"x","id":5})").ok());
  std::string key;
  append_key_field(TypeId::int32, Datum::of_int(5), &key);
  CHECK(reader.key() == key);
}

TEST_CASE("Base64IsReadExactly") {
  CHECK(base64_bytes("") == "");
  CHECK(base64_bytes("Zm9vYmFy") == "foobar");
  CHECK(base64_bytes("Zm9vYg==") == "foob");
  CHECK(base64_bytes("+/8=") == "\xFB\xFF");
  for (const char* wrong : {"Zg", "Zg=", "Zh==", "Z===", "Zm9v Yg=", "Zm-v", "===="}) {
    CHECK_FALSE(base64_bytes(wrong));
  }
}

}  // namespace
}  // namespace leat::cli

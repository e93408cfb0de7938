// Values that the type matrix cannot show: old forms, what is refused, what is damaged.
#include "cdc/mysql/binlog/value_decoder.h"

#include <catch2/catch.hpp>

#include "cdc/mysql/binlog/column_metadata.h"
#include "cdc/mysql/binlog/json_binary.h"
#include "cdc/mysql/binlog/json_diff.h"
#include "cdc/mysql/binlog/json_scalar.h"
#include "cdc/mysql/binlog/temporal.h"
#include "log/base/bytes.h"
#include "log/model/text_format.h"

namespace leat::cdc::mysql {
namespace {

using namespace std::string_literals;

TableColumn column(ColumnType type, uint32_t size = 0, uint32_t collation = 0) {
  TableColumn out;
  out.name = "c";
  out.type = type;
  out.size = size;
  out.collation = collation;
  return out;
}

std::string decoded(const TableColumn& of, std::string_view bytes, DecodeOptions options = {}) {
  auto decoder = make_value_decoder(of, options);
  if (!decoder.ok()) return "cannot: " + decoder.error().message();
  Arena arena;
  auto value = (*decoder)->decode(bytes, arena);
  if (!value.ok()) return "error: " + value.error().message();
  std::string text;
  append_text((*decoder)->type().id, *value, &text);
  return text;
}

template <class T>
std::string le(T value, size_t size = sizeof(T)) {
  std::string out;
  append_le(&out, value);
  return out.substr(0, size);
}

TEST_CASE("TheFormsOfTimesFromBeforeMySql56AreRead") {
  CHECK(decoded(column(ColumnType::datetime_old), le<int64_t>(20261122103059)) ==
        "2026-11-22 10:30:59");
  CHECK(decoded(column(ColumnType::datetime_old), le<int64_t>(0)) == "-infinity");
  CHECK(decoded(column(ColumnType::time_old), le<int32_t>(-8385959, 3)) == "-838:59:59");
  CHECK(decoded(column(ColumnType::time_old), le<int32_t>(10203, 3)) == "01:02:03");
  CHECK(decoded(column(ColumnType::timestamp_old), le<uint32_t>(1)) == "1970-01-01 00:00:01+00");
}

TEST_CASE("ADayThatNoCalendarHasIsAnErrorThatSaysSo") {
  auto date = [](int year, int month, int day) { return le(year << 9 | month << 5 | day, 3); };
  TableColumn dates = column(ColumnType::date);
  CHECK(decoded(dates, date(2026, 2, 28)) == "2026-02-28");
  CHECK(decoded(dates, date(0, 0, 0)) == "-infinity");
  CHECK(decoded(dates, date(2026, 2, 31)).find("error: 2026-02-31 is no day of the calendar") == 0);
  CHECK(decoded(dates, date(2026, 0, 15)).find("error: 2026-00-15 is no day") == 0);
  CHECK(decoded(dates, date(2026, 0, 15), {.dates_as_text = true}) == "2026-00-15");
}

TEST_CASE("TextWithoutItsCharacterSetIsRefusedWithTheStatementThatHelps") {
  std::string refused = decoded(column(ColumnType::varchar, 10, 0), "text");
  CHECK(refused.find("SET GLOBAL binlog_row_metadata = FULL") != std::string::npos);
  refused = decoded(column(ColumnType::enumeration, 1, 8), "\1");
  CHECK(refused.find("SET GLOBAL binlog_row_metadata = FULL") != std::string::npos);
  CHECK(decoded(column(ColumnType::varchar, 10, 9999), "x").find("the number 9999") !=
        std::string::npos);
}

TEST_CASE("BytesThatAreNoCharacterAreAnErrorThatNamesTheFirst") {
  constexpr uint32_t kUtf8mb4 = 45, kCp1250 = 26, kGbk = 28;
  CHECK(decoded(column(ColumnType::varchar, 10, kUtf8mb4), "ab\xFF") ==
        "error: bytes are not valid UTF-8 (first bad byte 0xFF at 2)");
  CHECK(decoded(column(ColumnType::varchar, 10, kCp1250), "ab\x81") ==
        "error: bytes are not valid cp1250 (first bad byte 0x81 at 2)");
  CHECK(decoded(column(ColumnType::varchar, 10, kGbk), "ab\xFF\xFF") ==
        "error: bytes are not valid gbk (first bad byte 0xFF at 2)");
}

TEST_CASE("AnEnumsZeroIsTheEmptyTextAndMoreThanItsLabelsAnError") {
  TableColumn state = column(ColumnType::enumeration, 1, 45);
  state.labels = {"new", "paid"};
  CHECK(decoded(state, "\0"s).empty());
  CHECK(decoded(state, "\2") == "paid");
  CHECK(decoded(state, "\3") == "error: the value 3 of an ENUM or SET that has 2 labels");
  state.type = ColumnType::set;
  CHECK(decoded(state, "\3") == "new,paid");
  CHECK(decoded(state, "\4") == "error: the value 4 of an ENUM or SET that has 2 labels");
}

TEST_CASE("ADecimalWhoseDigitsHoldMoreThanTheirPlaceIsDamaged") {
  TableColumn price = column(ColumnType::decimal, 9);
  CHECK(decoded(price, "\x80\x00\x00\x07"s) == "7");
  CHECK(decoded(price, "\xFF\xFF\xFF\xFF").find("error: a damaged DECIMAL") == 0);
}

TEST_CASE("DoublesInJsonAreTheShortestThatReadBack") {
  auto text = [](double value) {
    std::string out;
    append_json_double(value, &out);
    return out;
  };
  CHECK(text(1) == "1.0");
  CHECK(text(-0.0) == "-0.0");
  CHECK(text(0.1) == "0.1");
  CHECK(text(1e14) == "100000000000000.0");
  CHECK(text(1e15) == "1e15");
  CHECK(text(1.5e-14) == "0.000000000000015");
  CHECK(text(1.5e-15) == "0.0000000000000015");
  CHECK(text(1.5e-16) == "1.5e-16");
  CHECK(text(-2.5e300) == "-2.5e300");
}

std::string json(const std::string& bytes) {
  std::string out;
  Status status = append_json_text(bytes, &out);
  return status.ok() ? out : status.error().message();
}

TEST_CASE("JsonThatIsDamagedIsAnErrorAndBounded") {
  CHECK(json("\x04\x01"s) == "true");
  CHECK(json("\x04\x07"s) == "a damaged JSON value");
  CHECK(json("\x02\xFF\xFF\x04\x00"s) == "a damaged JSON value");
  CHECK(json("\x0C\x05xy"s) == "a damaged JSON value");
  // Every element of an array is the array itself.
  std::string loop = {2, 4, 0, 16, 0};
  for (int i = 0; i < 4; ++i) loop += {2, 0, 0};
  CHECK(json(loop) == "a damaged JSON value");
}

std::string diff(char operation, const std::string& path, const std::string& value) {
  std::string out(1, operation);
  out += static_cast<char>(path.size()) + path;
  if (operation != 2) out += static_cast<char>(value.size()) + value;
  return out;
}

std::string applied(const std::string& document, const std::string& diffs) {
  auto out = apply_json_diffs(document, diffs);
  return out.ok() ? *out : out.error().message();
}

TEST_CASE("JsonDiffsReplaceInsertAndRemoveInPlace") {
  std::string one = "\x05\x01\x00"s;
  CHECK(applied(R"({"a": [7, 8]})", diff(0, "$.a[1]", one)) == R"({"a": [7, 1]})");
  CHECK(applied(R"({"a": [7, 8]})", diff(1, "$.a[1]", one)) == R"({"a": [7, 1, 8]})");
  CHECK(applied(R"({"a": [7, 8]})", diff(0, "$.a[last]", one)) == R"({"a": [7, 1]})");
  CHECK(applied(R"({"a": [7, 8]})", diff(2, "$.a[last-1]", "")) == R"({"a": [8]})");
  CHECK(applied(R"([[7], 8])", diff(0, "$[ last - 1 ][0]", one)) == R"([[1], 8])");
  CHECK(applied(R"({"a": []})", diff(1, "$.a[5]", one)) == R"({"a": [1]})");
  CHECK(applied(R"({"a": 2, "ccc": 3})", diff(1, "$.bb", one)) == R"({"a": 2, "bb": 1, "ccc": 3})");
  CHECK(applied("{}", diff(1, R"($."x \"y")", one)) == R"({"x \"y": 1})");
  CHECK(applied(R"({"a": 2, "b": 3})", diff(2, "$.a", "")) == R"({"b": 3})");
  CHECK(applied(R"({"a": 2, "b": 3})", diff(2, "$.b", "")) == R"({"a": 2})");
  CHECK(applied("[1]", diff(2, "$[0]", "")) == "[]");
  CHECK(applied("[1]", diff(0, "$", one) + diff(0, "$", one)) == "1");
}

TEST_CASE("AJsonDiffThatDoesNotFitIsAnError") {
  std::string one = "\x05\x01\x00"s;
  CHECK(applied("{}", diff(0, "$.a", one)) ==
        "a JSON diff does not fit the value before: $.a is not there");
  CHECK(applied("[1]", diff(0, "$[1]", one)).find("is not there") != std::string::npos);
  CHECK(applied("{}", diff(1, "$.a.b", one)).find("is not there") != std::string::npos);
  CHECK(applied("[1]", diff(0, "$[last-1]", one)).find("is not there") != std::string::npos);
  CHECK(applied("[1]", diff(1, "$[last]", one)).find("is not there") != std::string::npos);
  CHECK(applied("[1]", diff(0, "$[last+1]", one)).find("does not parse") != std::string::npos);
  CHECK(applied("{}", diff(1, "$[", one)).find("does not parse") != std::string::npos);
  CHECK(applied("{}", diff(1, "a", one)).find("does not parse") != std::string::npos);
  CHECK(applied("{}", "\x07\x01$"s) == "a damaged JSON diff");
  CHECK(applied("", diff(2, "$.a", "")).find("does not parse") != std::string::npos);
}

}  // namespace
}  // namespace leat::cdc::mysql

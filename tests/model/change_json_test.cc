#include "log/model/change_json.h"

#include <catch2/catch.hpp>

#include "log/base/bytes.h"
#include "log/model/change.h"
#include "log/model/key.h"
#include "log/model/row.h"

using namespace leat;

namespace {

const Schema kSchema = {.columns = {{"id", {TypeId::int32}, false},
                                    {"note \"n\"", {TypeId::text}, true},
                                    {"blob", {TypeId::bytea}, true},
                                    {"ratio", {TypeId::float64}, true},
                                    {"ok", {TypeId::boolean}, true}},
                        .key_columns = {0}};

std::shared_ptr<const Schema> schema_of(SchemaId id) {
  return id == SchemaId(7) ? std::make_shared<const Schema>(kSchema) : nullptr;
}

std::string row(int id, std::string_view note, std::string_view blob, double ratio) {
  const Datum values[] = {Datum::of_int(id), Datum::of_bytes(note), Datum::of_bytes(blob),
                          Datum::of_float(ratio), Datum::null()};
  std::string out;
  append_row(kSchema.row_type(), values, &out);
  return out;
}

// PLACE: what stands behind the number in the commit position.
Result<std::string> printed(std::optional<std::string> before, std::optional<std::string> after,
                            uint64_t transaction, SchemaId schema = SchemaId(7),
                            const std::string& place = "") {
  std::string position;
  append_be<uint64_t>(&position, 0x123456789);
  position += place;
  ChangeHeader header{.transaction_id = transaction,
                      .commit_time_us = 1700000000123456,
                      .index = 3,
                      .commit_position = position,
                      .before = std::nullopt};
  if (before) header.before = RowImage{schema, *before};
  std::string header_bytes, value, out;
  append_change_header(header, &header_bytes);
  if (after) append_change_value({schema, *after}, &value);
  RecordParts record{.topic = "shop.public.t",
                     .partition = PartitionIndex(2),
                     .offset = Offset(41),
                     .timestamp_ms = 1700000000123,
                     .value = std::nullopt,
                     .change_header = header_bytes};
  if (after) record.value = value;
  Status status = append_change_json(record, schema_of, &out);
  if (!status.ok()) return status.error();
  return out;
}

const std::string kSource =
    ",\"ts_ms\":1700000000123,\"source\":{\"topic\":\"shop.public.t\",\"partition\":2,\"offset\":"
    "41,"
    "\"txId\":9,\"lsn\":4886718345,\"index\":3,\"ts_us\":1700000000123456}}";

}  // namespace

TEST_CASE("UpdatePrintsBothRowsInDebeziumsEnvelope") {
  CHECK(
      printed(row(1, "a", "", 0.5), row(1, "b\n\"\x01", "Man", 0.5), 9).value() ==
      R"({"before":{"id":1,"note \"n\"":"a","blob":"","ratio":0.5,"ok":null},)"
      R"("after":{"id":1,"note \"n\"":"b\n\"\u0001","blob":"TWFu","ratio":0.5,"ok":null},"op":"u")" +
          kSource);
}

// What `source` says of a change whose place in a binlog is PLACE, behind "position".
std::string binlog_source(const std::string& place) {
  std::string json = printed(std::nullopt, row(1, "a", "x", 1), 9, SchemaId(7), place).value();
  size_t from = json.find("\"connector\"");
  REQUIRE(from != std::string::npos);
  REQUIRE(json.find("\"position\":\"" + place + "\"") < from);
  return json.substr(from, json.find(",\"index\"") - from);
}

TEST_CASE("ChangesOfABinlogSayWhatDebeziumsMysqlConnectorsSay") {
  const std::string table = R"("name":"shop","db":"public","table":"t",)";
  CHECK(binlog_source("0-1-463") == R"("connector":"mariadb",)" + table + R"("gtid":"0-1-463")");
  const std::string gtid = "3e11fa47-71ca-11e1-9e33-c80aa9429562:23";
  CHECK(binlog_source(gtid) == R"("connector":"mysql",)" + table + R"("gtid":")" + gtid + '"');
  CHECK(binlog_source("binlog.000003:1234") ==
        R"("connector":"mysql",)" + table + R"("file":"binlog.000003","pos":1234)");
}

TEST_CASE("OperationsAreToldApart") {
  const std::string some = row(1, "a", "x", 1);
  CHECK(printed(std::nullopt, some, 9)->find("\"op\":\"c\"") != std::string::npos);
  CHECK(printed(some, std::nullopt, 9)->find("\"after\":null,\"op\":\"d\"") != std::string::npos);
  CHECK(printed(std::nullopt, some, 0)->find("\"op\":\"r\"") != std::string::npos);
}

TEST_CASE("Base64PadsAndNumbersThatJsonLacksAreStrings") {
  CHECK(printed(std::nullopt, row(1, "", "M", 1), 9)->find("\"TQ==\"") != std::string::npos);
  CHECK(printed(std::nullopt, row(1, "", "Ma", 1), 9)->find("\"TWE=\"") != std::string::npos);
  CHECK(printed(std::nullopt, row(1, "", "\xff\xfe\xfd", 1), 9)->find("\"//79\"") !=
        std::string::npos);
  CHECK(printed(std::nullopt, row(1, "", "", INFINITY), 9)->find("\"Infinity\"") !=
        std::string::npos);
}

TEST_CASE("RecordThatDoesNotDecodeIsAnErrorThatNamesItsPlace") {
  auto unknown_schema = printed(std::nullopt, row(1, "", "", 1), 9, SchemaId(8));
  REQUIRE_FALSE(unknown_schema.ok());
  CHECK(unknown_schema.error().message() == "shop.public.t-2 offset 41: no schema has the id 8");
  CHECK_FALSE(printed(std::nullopt, std::string("\xff"), 9).ok());
}

TEST_CASE("DeleteWhoseRowWasCompactedAwayGivesItsKey") {
  ChangeHeader header{.transaction_id = 9,
                      .commit_time_us = 0,
                      .index = 0,
                      .commit_position = "12345678",
                      .before = std::nullopt};
  std::string header_bytes, key, out;
  append_change_header(header, &header_bytes);
  append_key_field(TypeId::int32, Datum::of_int(-5), &key);
  RecordParts record{.topic = "shop.public.t",
                     .partition = PartitionIndex(2),
                     .offset = Offset(41),
                     .timestamp_ms = 0,
                     .value = std::nullopt,
                     .change_header = header_bytes,
                     .key = key,
                     .key_schema = SchemaId(7)};
  REQUIRE(append_change_json(record, schema_of, &out).ok());
  CHECK_THAT(out, Catch::StartsWith("{\"before\":{\"id\":-5},\"after\":null,\"op\":\"d\","));

  record.key = "torn";
  CHECK_FALSE(append_change_json(record, schema_of, &out).ok());
}

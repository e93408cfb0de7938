#include "cdc/postgres/copy_format.h"

#include <catch2/catch.hpp>

#include "log/base/bytes.h"
#include "log/model/row.h"

namespace leat::cdc {
namespace {

Schema schema() {
  Schema out;
  out.columns = {{"id", {TypeId::int32}}, {"note", {TypeId::text}}};
  out.key_columns = {0};
  return out;
}

std::string header() {
  return std::string("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
}

std::string row(int32_t id, std::optional<std::string> note) {
  std::string out;
  append_be<int16_t>(&out, 2);
  append_be<int32_t>(&out, 4);
  append_be<int32_t>(&out, id);
  append_be<int32_t>(&out, note ? static_cast<int32_t>(note->size()) : -1);
  return out + note.value_or("");
}

TEST_CASE("RowsAreReadOneAMessageWithTheHeaderBeforeTheFirst") {
  RowBuilder builder(schema());
  CopyDecoder decoder;
  std::string first_message = header() + row(7, "seven");
  auto first = decoder.read_row(first_message, &builder);
  REQUIRE(first.ok());
  CHECK(*first);
  std::string bytes;
  builder.append_row_to(&bytes);
  std::string expected;
  append_row(schema().row_type(), std::vector<Datum>{Datum::of_int(7), Datum::of_bytes("seven")},
             &expected);
  CHECK(bytes == expected);
  auto second = decoder.read_row(row(8, std::nullopt), &builder);
  REQUIRE(second.ok());
  CHECK(*second);
  auto trailer = decoder.read_row(std::string(2, '\377'), &builder);
  REQUIRE(trailer.ok());
  CHECK_FALSE(*trailer);
}

TEST_CASE("AnEmptyTableIsAHeaderAndATrailer") {
  RowBuilder builder(schema());
  CopyDecoder decoder;
  auto only = decoder.read_row(header() + std::string(2, '\377'), &builder);
  REQUIRE(only.ok());
  CHECK_FALSE(*only);
}

TEST_CASE("NoTruncationOfARowIsReadAsOne") {
  std::string whole = header() + row(7, "seven");
  for (size_t size = header().size() + 1; size < whole.size(); ++size) {
    RowBuilder builder(schema());
    CopyDecoder decoder;
    CHECK_FALSE(decoder.read_row(whole.substr(0, size), &builder).ok());
  }
  RowBuilder builder(schema());
  CHECK_FALSE(CopyDecoder().read_row(whole + "x", &builder).ok());
}

TEST_CASE("AForeignHeaderOrCriticalFlagIsRefused") {
  RowBuilder builder(schema());
  CHECK_FALSE(CopyDecoder().read_row("PGCOPX\n", &builder).ok());
  std::string flagged = header();
  flagged[12] = 1;
  CHECK_FALSE(CopyDecoder().read_row(flagged, &builder).ok());
}

TEST_CASE("AValueThatIsNoneOfItsTypeNamesItsColumn") {
  RowBuilder builder(schema());
  auto bad = CopyDecoder().read_row(header() + row(7, "\xe9"), &builder);
  REQUIRE_FALSE(bad.ok());
  CHECK(bad.error().message().find("column note") == 0);
}

}  // namespace
}  // namespace leat::cdc

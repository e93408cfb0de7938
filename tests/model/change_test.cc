#include "log/model/change.h"

#include <catch2/catch.hpp>

using leat::append_change_header;
using leat::append_change_value;
using leat::ChangeHeader;
using leat::decode_change_header;
using leat::decode_change_value;
using leat::RowImage;
using leat::SchemaId;

TEST_CASE("ChangeValueRoundTrips") {
  std::string bytes;
  append_change_value({SchemaId(70000), "row bytes"}, &bytes);
  auto image = decode_change_value(bytes);
  REQUIRE(image.ok());
  CHECK(image->schema == SchemaId(70000));
  CHECK(image->row == "row bytes");
}

TEST_CASE("ChangeHeaderRoundTripsWithAndWithoutBefore") {
  ChangeHeader header{.transaction_id = 9'000'000'000,
                      .commit_time_us = -5,
                      .index = 300,
                      .commit_position = std::string_view("\0\1", 2),
                      .before = std::nullopt};
  for (bool with_before : {false, true}) {
    if (with_before) header.before = RowImage{SchemaId(3), "old"};
    std::string bytes;
    append_change_header(header, &bytes);
    auto decoded = decode_change_header(bytes);
    REQUIRE(decoded.ok());
    CHECK(decoded->transaction_id == header.transaction_id);
    CHECK(decoded->commit_time_us == header.commit_time_us);
    CHECK(decoded->index == header.index);
    CHECK(decoded->commit_position == header.commit_position);
    REQUIRE(decoded->before.has_value() == with_before);
    if (with_before) {
      CHECK(decoded->before->schema == SchemaId(3));
      CHECK(decoded->before->row == "old");
    }
  }
}

TEST_CASE("ChangeCutShortBeforeItsRowIsAnError") {
  std::string value;
  append_change_value({SchemaId(1), ""}, &value);
  for (size_t size = 0; size < value.size(); ++size) {
    CHECK_FALSE(decode_change_value(std::string_view(value).substr(0, size)).ok());
  }
  std::string header;
  append_change_header({.transaction_id = 1,
                        .commit_time_us = 2,
                        .index = 3,
                        .commit_position = "abc",
                        .before = RowImage{SchemaId(1), ""}},
                       &header);
  for (size_t size = 0; size < header.size(); ++size) {
    CHECK_FALSE(decode_change_header(std::string_view(header).substr(0, size)).ok());
  }
}

TEST_CASE("ChangeOfAnUnknownFormatIsRefused") {
  CHECK_FALSE(decode_change_value(std::string("\x02\0\0\0\0row", 8)).ok());
  CHECK_FALSE(decode_change_header(std::string(40, '\x02')).ok());
}

#include "log/base/bytes.h"

#include <catch2/catch.hpp>

using leat::ByteReader;

TEST_CASE("VarintsRoundTripAtTheirEdges") {
  for (uint64_t value :
       {uint64_t{0}, uint64_t{127}, uint64_t{128}, uint64_t{1} << 63, ~uint64_t{0}}) {
    std::string bytes;
    leat::append_varint(&bytes, value);
    ByteReader in(bytes);
    CHECK(in.varint() == value);
    CHECK(in.done());
  }
  for (int64_t value : {int64_t{0}, int64_t{-1}, INT64_MIN, INT64_MAX}) {
    std::string bytes;
    leat::append_zigzag(&bytes, value);
    ByteReader in(bytes);
    CHECK(in.zigzag_varint() == value);
    CHECK(in.done());
  }
}

TEST_CASE("VarintLongerThan64BitsFails") {
  ByteReader too_long(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11));
  too_long.varint();
  CHECK_FALSE(too_long.ok());
  ByteReader too_wide(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10));
  too_wide.varint();
  CHECK_FALSE(too_wide.ok());
}

TEST_CASE("ReadPastTheEndFailsAndStaysFailed") {
  ByteReader in("abc");
  CHECK(in.be<uint32_t>() == 0);
  CHECK_FALSE(in.ok());
  CHECK(in.u8() == 0);
  CHECK_FALSE(in.done());
}

TEST_CASE("SizedWithALengthBeyondTheEndFails") {
  ByteReader in(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10));
  CHECK(in.sized().empty());
  CHECK_FALSE(in.ok());
}

TEST_CASE("CStringStopsAtNulAndFailsWithoutOne") {
  ByteReader in(std::string_view("ab\0cd", 5));
  CHECK(in.c_string() == "ab");
  CHECK(in.c_string().empty());
  CHECK_FALSE(in.ok());
}

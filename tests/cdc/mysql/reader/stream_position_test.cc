#include "cdc/mysql/stream_position.h"

#include <catch2/catch.hpp>

namespace leat::cdc::mysql {
namespace {

StreamPosition stream_position() {
  StreamPosition out;
  out.taken.flavour = Flavour::mariadb;
  out.taken.mariadb_gtids = *MariadbGtids::parse("0-1-270");
  out.taken.file = "binlog.000003";
  return out;
}

TEST_CASE("StreamPositionsReadBackAsTheyWereWritten") {
  StreamPosition whole = stream_position();
  whole.restart = whole.taken;
  whole.restart->offset = 7;
  whole.mark = EventMark{"binlog.000003", 4'000'000'000, 0xFFFF'FFFF};
  for (const StreamPosition& position : {stream_position(), whole}) {
    auto read = decode_stream_position(encode_stream_position(position));
    REQUIRE(read.ok());
    CHECK(read->taken == position.taken);
    CHECK(read->restart == position.restart);
    CHECK(read->mark == position.mark);
  }
}

TEST_CASE("WhatIsNoStreamPositionIsRefused") {
  std::string bytes = encode_stream_position(stream_position());
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(decode_stream_position(bytes.substr(0, size)).ok());
  }
  CHECK_FALSE(decode_stream_position(bytes + "x").ok());
}

// An event of a header and BODY, written at SECOND.
std::string event(char type, char second, const std::string& body) {
  std::string out(EventHeader::kBytes, '\0');
  out[0] = second;
  out[4] = type;
  return out + body;
}

TEST_CASE("AMarkTellsEventsApartByTheirTimeAndWhatTheyHold") {
  constexpr char kXid = 16;
  EventMark mark = mark_event("f", 4, event(kXid, 1, "xid"));
  CHECK(mark == mark_event("f", 4, event(kXid, 1, "xid")));
  CHECK_FALSE(mark == mark_event("f", 4, event(kXid, 2, "xid")));
  CHECK_FALSE(mark == mark_event("f", 4, event(kXid, 1, "xie")));
}

TEST_CASE("AMarkOfAFormatDescriptionIsOfItsTimeAlone") {
  constexpr char kFormatDescription = 15;
  EventMark mark = mark_event("f", 4, event(kFormatDescription, 1, "as written"));
  CHECK(mark == mark_event("f", 4, event(kFormatDescription, 1, "as sent")));
  CHECK_FALSE(mark == mark_event("f", 4, event(kFormatDescription, 2, "as written")));
}

}  // namespace
}  // namespace leat::cdc::mysql

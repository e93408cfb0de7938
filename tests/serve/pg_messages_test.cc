#include "views/serve/pg_messages.h"

#include <catch2/catch.hpp>

#include "log/base/bytes.h"

namespace leat::views::serve::pg {
namespace {

std::string message(char type, std::string_view body) {
  std::string out(1, type);
  append_be<uint32_t>(&out, static_cast<uint32_t>(body.size() + 4));
  return out + std::string(body);
}

std::string startup_packet(uint32_t code, std::string_view body) {
  std::string out;
  append_be<uint32_t>(&out, static_cast<uint32_t>(body.size() + 8));
  append_be<uint32_t>(&out, code);
  return out + std::string(body);
}

template <size_t N>
std::string_view bytes(const char (&literal)[N]) {
  return {literal, N - 1};
}

TEST_CASE("StartupPacketGivesVersionAndParameters") {
  std::string packet = startup_packet(3 << 16, bytes("user\0me\0database\0leat\0\0"));
  std::string_view rest = packet;
  auto taken = take_startup_packet(&rest);
  REQUIRE(taken.ok());
  auto& startup = std::get<Startup>(**taken);
  CHECK(startup.major == 3);
  REQUIRE(startup.parameters.size() == 2);
  CHECK(startup.parameters[1] == std::pair<std::string_view, std::string_view>("database", "leat"));
  CHECK(rest.empty());
}

TEST_CASE("PacketThatIsNotWholeWaitsForMore") {
  std::string packet = startup_packet(3 << 16, bytes("user\0me\0\0"));
  std::string query = message('Q', bytes("select 1\0"));
  for (size_t size = 0; size < packet.size(); ++size) {
    std::string_view part = std::string_view(packet).substr(0, size);
    auto taken = take_startup_packet(&part);
    REQUIRE(taken.ok());
    CHECK_FALSE(taken->has_value());
    CHECK(part.size() == size);
  }
  for (size_t size = 0; size < query.size(); ++size) {
    std::string_view part = std::string_view(query).substr(0, size);
    auto taken = take_message(&part, 1000);
    REQUIRE(taken.ok());
    CHECK_FALSE(taken->has_value());
  }
}

TEST_CASE("BindCarriesFormatsAndNulls") {
  std::string body = std::string(bytes("portal\0stmt\0"));
  append_be<int16_t>(&body, 1);
  append_be<int16_t>(&body, 1);
  append_be<int16_t>(&body, 2);
  append_be<int32_t>(&body, 2);
  body += "ab";
  append_be<int32_t>(&body, -1);
  append_be<int16_t>(&body, 0);
  std::string packet = message('B', body);
  std::string_view rest = packet;
  auto taken = take_message(&rest, 1000);
  REQUIRE(taken.ok());
  auto& bind = std::get<Bind>(**taken);
  CHECK(bind.portal == "portal");
  CHECK(bind.statement == "stmt");
  CHECK(bind.parameter_formats == std::vector<Format>{Format::binary});
  CHECK(bind.parameters[0] == "ab");
  CHECK_FALSE(bind.parameters[1]);
}

// What a hostile client would send: lengths and counts that are not there.
TEST_CASE("LyingLengthsAndCountsAreErrors") {
  std::string counts = std::string(bytes("\0\0"));
  append_be<int16_t>(&counts, 0x7fff);
  for (const std::string& packet :
       {message('B', counts), message('P', counts), message('Q', "no end"), message('E', "x"),
        message('D', bytes("Zname\0")), message('S', "x"), message('?', ""),
        message('Q', bytes("a\0b\0"))}) {
    std::string_view rest = packet;
    CHECK_FALSE(take_message(&rest, 1000).ok());
  }
  std::string huge = "Q\x7f\xff\xff\xff";
  std::string_view rest = huge;
  CHECK_FALSE(take_message(&rest, 1000).ok());
  std::string tiny("Q\0\0\0\3", 5);
  rest = tiny;
  CHECK_FALSE(take_message(&rest, 1000).ok());
  std::string endless = startup_packet(3 << 16, "user");
  rest = endless;
  CHECK_FALSE(take_startup_packet(&rest).ok());
}

TEST_CASE("EveryTruncationOfABindIsAnErrorAndReadsNothingBehindIt") {
  std::string body = std::string(bytes("p\0s\0\0\1\0\0\0\2\0\0\0\1x\xff\xff\xff\xff\0\0"));
  std::string whole = message('B', body);
  std::string_view rest = whole;
  REQUIRE(take_message(&rest, 1000).ok());
  for (size_t size = 0; size < body.size(); ++size) {
    std::string cut = message('B', std::string_view(body).substr(0, size));
    std::string_view part = cut;
    CHECK_FALSE(take_message(&part, 1000).ok());
  }
}

TEST_CASE("DataRowKnowsItsLengths") {
  std::string out;
  DataRowWriter row(2, &out);
  row.begin_value();
  out += "abc";
  row.end_value();
  row.null();
  row.end();
  CHECK(out == message('D', bytes("\0\2\0\0\0\3abc\xff\xff\xff\xff")));
}

}  // namespace
}  // namespace leat::views::serve::pg

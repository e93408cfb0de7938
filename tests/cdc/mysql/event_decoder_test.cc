// Events written by hand: those that no fixture holds, and those that must be refused.
#include "cdc/mysql/binlog/event_decoder.h"

#include <catch2/catch.hpp>

#include "cdc/mysql/binlog/compression.h"
#include "cdc/mysql/binlog/fragment_joiner.h"
#include "log/base/bytes.h"

namespace leat::cdc::mysql {
namespace {

std::string event(EventType type, const std::string& body, uint16_t flags = 0) {
  std::string out;
  append_le<uint32_t>(&out, 1'700'000'000);
  out.push_back(static_cast<char>(type));
  append_le<uint32_t>(&out, 1);  // server id
  append_le(&out, static_cast<uint32_t>(EventHeader::kBytes + body.size()));
  append_le<uint32_t>(&out, 5000);  // where it ends
  append_le(&out, flags);
  return out + body;
}

Result<Event> decode(const std::string& bytes) {
  EventDecoder decoder(ChecksumKind::none);
  return decoder.decode_unchecked(bytes);
}

std::string refusal(const std::string& bytes) {
  auto decoded = decode(bytes);
  REQUIRE_FALSE(decoded.ok());
  CHECK_FALSE(decoded.error().is_transient());
  return decoded.error().message();
}

std::string format_description(uint16_t version, uint8_t query_bytes, uint8_t checksum) {
  std::string body;
  append_le(&body, version);
  std::string server = "8.0.36";
  server.resize(50);
  body += server;
  append_le<uint32_t>(&body, 0);
  body.push_back(19);
  std::string sizes(42, '\0');
  sizes[1] = static_cast<char>(query_bytes);
  sizes[18] = 8;
  body += sizes;
  body.push_back(static_cast<char>(checksum));
  return event(EventType::format_description, body);
}

TEST_CASE("AnEncryptedFileIsRefusedWithWhatToDo") {
  CHECK(refusal(event(EventType::start_encryption, std::string(17, 'x'))) ==
        "START_ENCRYPTION event that ends at 5000: the binlog file is encrypted; read it from the "
        "server, which decrypts it");
}

TEST_CASE("AStreamThatTheServerHasDecryptedGoesOn") {
  auto decoded = decode(event(EventType::start_encryption, std::string(17, 'x'), 0x80));
  REQUIRE(decoded.ok());
  CHECK(std::holds_alternative<Ignored>(decoded->body));
}

TEST_CASE("AnUnknownEventIsRefusedUnlessItMayBeIgnored") {
  constexpr auto kUnknown = static_cast<EventType>(99);
  CHECK(refusal(event(kUnknown, "body")).find("event type 99 event that ends at 5000: ") == 0);
  auto ignored = decode(event(kUnknown, "body", 0x80));
  REQUIRE(ignored.ok());
  CHECK(std::holds_alternative<Ignored>(ignored->body));
}

TEST_CASE("ALayoutThatNoSupportedServerWritesIsRefused") {
  CHECK(decode(format_description(4, 13, 1)).ok());
  CHECK(refusal(format_description(3, 13, 1)).find("binlog version 3") != std::string::npos);
  CHECK(refusal(format_description(4, 11, 1)).find("QUERY events with 11 bytes") !=
        std::string::npos);
  CHECK(refusal(format_description(4, 13, 7)).find("checksum algorithm 7") != std::string::npos);
}

TEST_CASE("AnEventWithoutRoomForItsChecksumIsRefused") {
  EventDecoder decoder(ChecksumKind::crc32);
  auto decoded = decoder.decode(event(EventType::xid, "abc"));
  REQUIRE_FALSE(decoded.ok());
  CHECK(decoded.error().message().find("no room for its checksum") != std::string::npos);
}

TEST_CASE("TheFormatDescriptionSaysHowTheNextEventsAreChecked") {
  EventDecoder decoder(ChecksumKind::crc32);
  std::string described = format_description(4, 13, 0) + std::string(4, 's');
  store_le(described.data() + 9, static_cast<uint32_t>(described.size()));
  REQUIRE(decoder.decode(described).ok());
  std::string body(8, '\0');
  CHECK(decoder.decode(event(EventType::xid, body)).ok());
}

TEST_CASE("HeartbeatsOfBothFormsNameFileAndPosition") {
  std::string body = {1, 13};
  body += "binlog.000007";
  body += {2, 3};
  body += {static_cast<char>(252), 0x10, 0x27};
  body.push_back(0);
  std::string bytes = event(EventType::heartbeat_v2, body);  // what the event's text points into
  auto second = decode(bytes);
  REQUIRE(second.ok());
  CHECK(std::get<Heartbeat>(second->body).file == "binlog.000007");
  CHECK(std::get<Heartbeat>(second->body).position == 10'000);
  auto first = decode(event(EventType::heartbeat, "binlog.000007"));
  REQUIRE(first.ok());
  CHECK(std::get<Heartbeat>(first->body).position == 5000);
}

TEST_CASE("AnIncidentSaysWhatHappened") {
  std::string body = {1, 0, 4};
  std::string bytes = event(EventType::incident, body + "lost");
  auto decoded = decode(bytes);
  REQUIRE(decoded.ok());
  CHECK(std::get<Incident>(decoded->body).number == 1);
  CHECK(std::get<Incident>(decoded->body).message == "lost");
}

TEST_CASE("PartsOfStatementsAreToldFromRows") {
  for (EventType type :
       {EventType::intvar, EventType::rand, EventType::user_var, EventType::begin_load_query}) {
    auto decoded = decode(event(type, "anything"));
    REQUIRE(decoded.ok());
    CHECK(std::holds_alternative<StatementPart>(decoded->body));
  }
}

TEST_CASE("ALoadOfAFileIsAStatement") {
  std::string body(8, '\0');
  body += {4, 0, 0, 1, 0};        // the schema's size, no error, one byte of status variables
  body += std::string(13, '\7');  // about the file
  body += std::string("\1shop\0LOAD DATA", 15);
  std::string bytes = event(EventType::execute_load_query, body);
  auto decoded = decode(bytes);
  REQUIRE(decoded.ok());
  CHECK(std::get<Query>(decoded->body).schema == "shop");
  CHECK(std::get<Query>(decoded->body).text == "LOAD DATA");
}

TEST_CASE("ATaggedGtidWithUnknownFieldsThatMustBeUnderstoodIsRefused") {
  std::string body = {2, 2 * 4, 2 * 60, 0};  // version 1, 4 bytes, the last needed field is 60
  CHECK(refusal(event(EventType::gtid_tagged, body)).find("a field 60") != std::string::npos);
}

RowsFragment fragment(uint32_t count, uint32_t number, std::string_view bytes) {
  RowsFragment out{};
  out.count = count;
  out.number = number;
  out.bytes = bytes;
  return out;
}

TEST_CASE("PiecesOfARowsEventAreJoinedInOrder") {
  FragmentJoiner joiner;
  RowsFragment first = fragment(3, 1, "ab");
  first.bytes_total = 5;
  CHECK_FALSE(joiner.add(first).value().has_value());
  CHECK(joiner.is_open());
  CHECK_FALSE(joiner.add(fragment(3, 2, "cd")).value().has_value());
  auto whole = joiner.add(fragment(3, 3, "e"));
  REQUIRE(whole.ok());
  CHECK(**whole == "abcde");
  CHECK_FALSE(joiner.is_open());
}

TEST_CASE("AMissingPieceOfARowsEventIsAnError") {
  FragmentJoiner joiner;
  CHECK_FALSE(joiner.add(fragment(3, 2, "cd")).ok());
  REQUIRE(joiner.add(fragment(3, 1, "ab")).ok());
  auto skipped = joiner.add(fragment(3, 3, "e"));
  REQUIRE_FALSE(skipped.ok());
  CHECK(skipped.error().message() ==
        "piece 3 of 3 of a rows event came where piece 2 of 3 was due");
}

TEST_CASE("PiecesThatAreNotAsLongAsTheFirstOneSaidAreAnError") {
  FragmentJoiner joiner;
  RowsFragment first = fragment(2, 1, "ab");
  first.bytes_total = 5;
  REQUIRE(joiner.add(first).ok());
  CHECK_FALSE(joiner.add(fragment(2, 2, "cd")).ok());
}

TEST_CASE("AnUncompressedPayloadGivesItsEvents") {
  std::string events = event(EventType::xid, std::string(8, 'x')) + event(EventType::stop, "");
  TransactionPayload payload{PayloadCompression::none, events.size(), events};
  PayloadReader reader(payload);
  auto first = reader.next();
  REQUIRE(first.ok());
  CHECK(first->size() == EventHeader::kBytes + 8);
  auto second = reader.next();
  REQUIRE(second.ok());
  CHECK(second->size() == EventHeader::kBytes);
  auto end = reader.next();
  REQUIRE(end.ok());
  CHECK(end->empty());
}

TEST_CASE("APayloadThatEndsInsideAnEventIsAnError") {
  std::string events = event(EventType::xid, std::string(8, 'x'));
  events.pop_back();
  TransactionPayload payload{PayloadCompression::none, events.size(), events};
  CHECK_FALSE(PayloadReader(payload).next().ok());
  TransactionPayload not_zstd{PayloadCompression::zstd, 100, "these bytes are no frame"};
  CHECK_FALSE(PayloadReader(not_zstd).next().ok());
}

TEST_CASE("CompressedDataThatClaimsMoreThanItCanHoldIsRefused") {
  std::string out;
  std::string claims_four_gigabytes = {static_cast<char>(0x84), -1, -1, -1, -1};
  CHECK_FALSE(uncompress_event(claims_four_gigabytes + "tiny", kEventBytesMax, &out).ok());
  std::string claims_a_gigabyte = {static_cast<char>(0x84), 0x3F, -1, -1, -1};
  CHECK_FALSE(uncompress_event(claims_a_gigabyte + "tiny", kEventBytesMax, &out).ok());
  CHECK(out.capacity() < 1 << 20);
}

}  // namespace
}  // namespace leat::cdc::mysql

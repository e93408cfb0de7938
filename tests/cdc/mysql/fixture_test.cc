// Binlog files that real servers wrote (tests/mysql/make_fixtures.cc), replayed without a server.

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "log/base/bytes.h"
#include "tests/cdc/mysql/support/binlog_replay.h"
#include "tests/support/source_root.h"

namespace leat::test {
namespace {

using mysql::EventType;

std::string fixture(const std::string& name) {
  std::ifstream in(source_root() / "tests/cdc/mysql/fixtures" / name, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  REQUIRE_FALSE(out.str().empty());
  return out.str();
}

std::string joined(const ReplayedRow& row) {
  std::string out;
  for (const auto& value : row) {
    if (!out.empty()) out += '|';
    out += value.value_or("NULL");
  }
  return out;
}

// The same text that make_fixtures.cc wrote from what the server says.
std::string described(const BinlogReplay& replay) {
  std::string out;
  for (const ReplayedEvent& event : replay.events()) {
    uint64_t end = event.position + (event.in_payload ? 0 : event.bytes.size());
    out += "event " + std::to_string(event.position) + " " + std::to_string(end) + "\n";
  }
  for (const auto& [name, table] : replay.tables()) {
    std::vector<std::string> lines;
    for (const ReplayedRow& row : table.rows) lines.push_back(joined(row));
    std::sort(lines.begin(), lines.end());
    out += "table " + name + "\n";
    for (const std::string& line : lines) out += line + "\n";
  }
  return out;
}

BinlogReplay replayed(const std::string& name) {
  BinlogReplay replay;
  Status status = replay.run(fixture(name + ".binlog"));
  if (!status.ok()) FAIL(name << ": " << status.error().message());
  CHECK(described(replay) == fixture(name + ".expected"));
  return replay;
}

int count(const BinlogReplay& replay, EventType type) {
  auto found = replay.counts().find(type);
  return found == replay.counts().end() ? 0 : found->second;
}

TEST_CASE("MySqlBinlogWithTagsSavepointsAndXaIsReplayed") {
  BinlogReplay replay = replayed("mysql_plain");
  CHECK(count(replay, EventType::previous_gtids) == 1);
  CHECK(count(replay, EventType::rows_query) > 0);
  CHECK(count(replay, EventType::xa_prepare) == 1);
  CHECK(count(replay, EventType::gtid_tagged) == 1);
  std::string uuid = replay.gtids().at(0).substr(0, 36);
  CHECK(std::count(replay.gtids().begin(), replay.gtids().end(), uuid + ":my_tag:1") == 1);
  CHECK(replay.gtids().back() == uuid + ":" + std::to_string(replay.gtids().size() - 1));
}

TEST_CASE("MySqlCompressedTransactionsAreReplayed") {
  BinlogReplay replay = replayed("mysql_compressed");
  CHECK(count(replay, EventType::transaction_payload) == 2);
}

TEST_CASE("MySqlMinimalImagesAndJsonDiffsAreReplayed") {
  BinlogReplay replay = replayed("mysql_minimal");
  CHECK(count(replay, EventType::partial_update_rows) >= 4);
  CHECK(count(replay, EventType::anonymous_gtid) > 0);
}

TEST_CASE("MySqlImagesWithoutBlobsAreReplayed") {
  BinlogReplay replay = replayed("mysql_noblob");
  CHECK(count(replay, EventType::update_rows) == 2);
}

TEST_CASE("MariaDbBinlogWithDomainsXaAndNoTransactionsIsReplayed") {
  BinlogReplay replay = replayed("mariadb_plain");
  CHECK(count(replay, EventType::gtid_list) == 1);
  CHECK(count(replay, EventType::annotate_rows) > 0);
  CHECK(count(replay, EventType::xa_prepare) == 1);
  CHECK(std::count(replay.gtids().begin(), replay.gtids().end(), "7-1-1") == 1);
}

TEST_CASE("MariaDbCompressedEventsAndColumnsAreReplayed") {
  BinlogReplay replay = replayed("mariadb_compressed");
  CHECK(count(replay, EventType::query_compressed) > 0);
  CHECK(count(replay, EventType::write_rows_compressed_v1) == 1);
  CHECK(count(replay, EventType::update_rows_compressed_v1) == 1);
  CHECK(replay.queries().at(0).find("CREATE TABLE shop.items") != std::string::npos);
}

TEST_CASE("MariaDbMinimalImagesAreReplayed") {
  BinlogReplay replay = replayed("mariadb_minimal");
  CHECK(count(replay, EventType::update_rows_v1) == 3);
}

const char* const kFixtures[] = {"mysql_plain",    "mysql_compressed", "mysql_minimal",
                                 "mysql_noblob",   "mariadb_plain",    "mariadb_compressed",
                                 "mariadb_minimal"};

// An event of BYTES with the size in its header made right again, and no checksum.
std::string resized(std::string bytes) {
  store_le(bytes.data() + 9, static_cast<uint32_t>(bytes.size()));
  return bytes;
}

TEST_CASE("EveryTruncationOfAnEventIsAnErrorThatNamesIt") {
  for (const char* name : kFixtures) {
    BinlogReplay replay = replayed(name);
    for (const ReplayedEvent& event : replay.events()) {
      mysql::EventDecoder decoder(mysql::ChecksumKind::none);
      for (size_t size = 0; size < event.bytes.size(); ++size) {
        auto cut = decoder.decode_unchecked(std::string_view(event.bytes).substr(0, size));
        REQUIRE_FALSE(cut.ok());
        if (size < mysql::EventHeader::kBytes) continue;
        std::string message = cut.error().message();
        CHECK(message.find(mysql::event_name(event.header.type)) == 0);
        CHECK(message.find("it says that it has") != std::string::npos);
      }
    }
  }
}

// Where its header agrees with the shorter body, the body itself must be found out: what replays it
// fails, or comes to the end without reading past it (the sanitizers see to that).
TEST_CASE("AnEventCutShortInItsBodyIsReadWithinItsBounds") {
  int errors = 0;
  for (const char* name : kFixtures) {
    BinlogReplay whole = replayed(name);
    for (const ReplayedEvent& event : whole.events()) {
      mysql::EventDecoder decoder(mysql::ChecksumKind::none);
      for (size_t size = mysql::EventHeader::kBytes; size < event.bytes.size(); ++size) {
        auto cut = decoder.decode_unchecked(resized(event.bytes.substr(0, size)));
        if (!cut.ok()) ++errors;
        if (!cut.ok()) CHECK(cut.error().message().find(" ") != std::string::npos);
      }
    }
  }
  CHECK(errors > 1000);
}

TEST_CASE("ADamagedByteOfACheckedEventIsFoundByItsChecksum") {
  std::string file = fixture("mariadb_plain.binlog");
  BinlogReplay whole;
  REQUIRE(whole.run(file).ok());
  for (const ReplayedEvent& event : whole.events()) {
    std::string damaged = file;
    size_t at = event.position + event.bytes.size() - 5;  // the last byte before the checksum
    if (event.header.type == EventType::format_description) at -= 8;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    BinlogReplay replay;
    Status status = replay.run(damaged);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().message().find("at " + std::to_string(event.position) + ": ") == 0);
    CHECK(status.error().message().find("its checksum is") != std::string::npos);
  }
}

}  // namespace
}  // namespace leat::test

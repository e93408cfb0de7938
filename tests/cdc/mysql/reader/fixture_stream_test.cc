// Files that real servers wrote, read as a source reads its stream: what the log then holds is what
// the server said that its tables hold.

#include <catch2/catch.hpp>
#include <cstring>

#include "tests/cdc/mysql/reader/support/stream_fixture.h"

namespace leat::cdc::mysql::test {
namespace {

const char* const kFixtures[] = {"mysql_plain",     "mysql_compressed", "mysql_noblob",
                                 "mariadb_minimal", "mariadb_plain",    "mariadb_compressed"};

void must(const Status& status) {
  if (!status.ok()) FAIL(status.error().message());
}

TEST_CASE("TablesReadFromTheBinlogAreTheServers") {
  for (const char* name : kFixtures) {
    INFO(name);
    std::string file = fixture_file(std::string(name) + ".binlog");
    StreamFixture stream(catalog_of(file));
    must(stream.read(events_of(file)));
    CHECK(stream.tables_text() == expected_tables(std::string(name) + ".expected"));
  }
}

TEST_CASE("ReadingGoesOnBehindAnyEventAsIfItHadNotEnded") {
  for (const char* name : kFixtures) {
    std::string file = fixture_file(std::string(name) + ".binlog");
    std::vector<std::string> events = events_of(file);
    StreamFixture whole(catalog_of(file));
    must(whole.read(events));
    for (size_t cut = 0; cut < events.size(); ++cut) {
      INFO(name << " at event " << cut);
      StreamFixture stream(catalog_of(file));
      must(stream.read({events.begin(), events.begin() + static_cast<ptrdiff_t>(cut)}));
      stream.reconnect();
      must(stream.read(events));
      CHECK(stream.ids() == whole.ids());
      CHECK(stream.tables_text() == whole.tables_text());
      CHECK(stream.record_count() == whole.record_count());
    }
  }
}

// Every transaction in as many pieces as it has events.
constexpr PieceBytes kPieces{0, 0};
const char* const kWholeImages[] = {"mysql_plain", "mariadb_plain", "mariadb_compressed"};

TEST_CASE("TransactionsInPiecesAreWhatTheyAreAsAWhole") {
  for (const char* name : kWholeImages) {
    INFO(name);
    std::string file = fixture_file(std::string(name) + ".binlog");
    StreamFixture whole(catalog_of(file, false));
    must(whole.read(events_of(file)));
    StreamFixture stream(catalog_of(file, false), {}, kPieces);
    must(stream.read(events_of(file)));
    CHECK(stream.pieces() > 0);
    CHECK(stream.ids() == whole.ids());
    CHECK(stream.commit_times() == whole.commit_times());
    CHECK(stream.tables_text() == expected_tables(std::string(name) + ".expected"));
    CHECK(stream.record_count() == whole.record_count());
  }
}

TEST_CASE("ATransactionInPiecesThatIsCutAnywhereIsReadAnewFromItsBeginning") {
  for (const char* name : kWholeImages) {
    std::string file = fixture_file(std::string(name) + ".binlog");
    std::vector<std::string> events = events_of(file);
    StreamFixture whole(catalog_of(file, false));
    must(whole.read(events));
    for (size_t cut = 0; cut < events.size(); ++cut) {
      INFO(name << " at event " << cut);
      StreamFixture stream(catalog_of(file, false), {}, kPieces);
      must(stream.read({events.begin(), events.begin() + static_cast<ptrdiff_t>(cut)}));
      stream.reconnect();
      must(stream.read(events));
      CHECK(stream.ids() == whole.ids());
      CHECK(stream.tables_text() == whole.tables_text());
      CHECK(stream.record_count() == whole.record_count());
    }
  }
}

TEST_CASE("RowsThatAreKeptAreNotPutBeforeTheTransactionsEnd") {
  std::string file = fixture_file("mariadb_minimal.binlog");
  StreamFixture stream(catalog_of(file), {}, kPieces);
  must(stream.read(events_of(file)));
  CHECK(stream.pieces() == 0);
}

TEST_CASE("ATransactionThatIsHeldComesAsAWholeAndTheNextInPiecesAgain") {
  std::string file = fixture_file("mariadb_plain.binlog");
  std::vector<std::string> events = events_of(file);
  StreamFixture stream(catalog_of(file, false), {}, kPieces);
  // As far as the first transaction that changes rows.
  size_t begun = 0;
  while (stream.pieces() == 0) must(stream.read_one(events[begun++]));
  stream.reader().hold_next();
  stream.reconnect();
  size_t next = 0;
  for (size_t records = 0; records == 0; records = stream.record_count()) {
    must(stream.read_one(events[next++]));
  }
  CHECK(stream.pieces() == 1);
  must(stream.read({events.begin() + static_cast<ptrdiff_t>(next), events.end()}));
  CHECK(stream.pieces() > 1);
  CHECK(stream.tables_text() == expected_tables("mariadb_plain.expected"));
}

// The events of a file up to the first that ends a transaction, without that.
std::vector<std::string> until_first_commit(const std::vector<std::string>& events) {
  auto is_commit = [](const std::string& event) {
    return event[4] == static_cast<char>(EventType::xid);
  };
  return {events.begin(), std::find_if(events.begin(), events.end(), is_commit)};
}

TEST_CASE("OfATransactionThatItsServersCrashCutOffNothingStays") {
  std::string file = fixture_file("mariadb_plain.binlog");
  std::vector<std::string> events = events_of(file);
  std::vector<std::string> begun = until_first_commit(events);
  StreamFixture stream(catalog_of(file, false), {}, kPieces);
  must(stream.read(begun));
  CHECK(stream.pieces() == 1);
  must(stream.read_one(events[1]));  // the next file's FORMAT_DESCRIPTION
  CHECK(stream.record_count() == 0);
  must(stream.read({events.begin() + static_cast<ptrdiff_t>(begun.size()) + 1, events.end()}));
  CHECK(stream.record_count() > 0);
}

TEST_CASE("OfATransactionThatIsRolledBackAfterAPieceNothingStaysAndItsTableIsCopied") {
  std::string file = fixture_file("mariadb_plain.binlog");
  StreamFixture stream(catalog_of(file, false), {}, kPieces);
  must(stream.read(until_first_commit(events_of(file))));
  CHECK(stream.pieces() == 1);
  must(stream.read_one(query_event("ROLLBACK")));
  CHECK(stream.record_count() == 0);
  CHECK(stream.stopped_reason("shop.items").find("rolled back") != std::string::npos);
  CHECK(stream.ids().back() == "0-1-3");
}

TEST_CASE("BehindASavepointATransactionGoesOnAsAWhole") {
  std::string file = fixture_file("mariadb_plain.binlog");
  std::vector<std::string> events = events_of(file);
  std::vector<std::string> begun = until_first_commit(events);
  StreamFixture stream(catalog_of(file, false), {}, kPieces);
  must(stream.read({begun.begin(), begun.end() - 1}));
  must(stream.read_one(query_event("SAVEPOINT `s`")));
  must(stream.read_one(begun.back()));
  CHECK(stream.pieces() == 0);
  must(stream.read_one(query_event("ROLLBACK TO `s`")));
  must(stream.read_one(events[begun.size()]));
  CHECK(stream.ids().back() == "0-1-3");
  CHECK(stream.record_count() == 0);
}

TEST_CASE("EveryTransactionIsNamedByItsGtidInOrder") {
  std::string file = fixture_file("mariadb_plain.binlog");
  StreamFixture stream(catalog_of(file));
  must(stream.read(events_of(file)));
  const auto& ids = stream.ids();
  CHECK(ids.front().find("0-1-") == 0);
  CHECK(std::count(ids.begin(), ids.end(), "7-1-1") == 1);
  CHECK(stream.reader().position().taken.ordinal == ids.size());
  for (int64_t time : stream.commit_times()) CHECK(time > 1'700'000'000'000'000);
}

}  // namespace
}  // namespace leat::cdc::mysql::test

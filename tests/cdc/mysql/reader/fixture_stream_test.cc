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
      stream.reader().connected(ChecksumKind::none, "1");
      must(stream.read(events));
      CHECK(stream.ids() == whole.ids());
      CHECK(stream.tables_text() == whole.tables_text());
      CHECK(stream.record_count() == whole.record_count());
    }
  }
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

// The copy of tables: whole, exact at its position, and of one moment, while others write.
#include "cdc/mysql/snapshot.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "cdc/mysql/overlap.h"
#include "cdc/mysql/snapshot_worker.h"
#include "log/model/row.h"
#include "tests/mysql/support/binlog_fixture.h"
#include "tests/mysql/support/copy_fixture.h"

namespace leat::test {
namespace {

using namespace cdc::mysql;  // NOLINT: what is tested here
using cdc::TableIndex;
using Rows = CopyFixture::Rows;

void check_whole(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  CopyFixture fixture(
      server,
      "CREATE TABLE a (id int PRIMARY KEY, t text, n decimal(10,2));"
      "CREATE TABLE b (k varchar(20), id int, v int AS (id + 1), PRIMARY KEY (k, id));"
      "CREATE TABLE nobody (id int PRIMARY KEY);"
      "INSERT INTO a VALUES (-5, 'x', 1.50), (0, NULL, NULL), (7, 'é', -0.01);"
      "INSERT INTO b (k, id) VALUES ('p', 1), ('p', 2), ('q', 1)");
  fixture.look();
  fixture.plan.facts[0].rows_estimated = 1'000'000;  // so that it is read in ranges
  Position position = fixture.copied();
  CHECK_FALSE(position.file.empty());
  CHECK(position.has_gtids());
  CHECK(fixture.texts(0, fixture.rows_of(0)) ==
        std::vector<std::string>{"-5|x|1.50", "0|\\N|\\N", "7|é|-0.01"});
  CHECK(fixture.texts(1, fixture.rows_of(1)) ==
        std::vector<std::string>{"p|1|2", "p|2|3", "q|1|2"});
  CHECK(fixture.rows_of(2).empty());
  cdc::SourceStatus status = fixture.board.read();
  REQUIRE(status.snapshot.size() == 3);
  for (const auto& table : status.snapshot) CHECK(table.done);
  CHECK(status.snapshot[0].rows_done == 3);
  // Nothing shows before the switch.
  CHECK_FALSE(fixture.log->state()->find("shop.copied.a")->current.has_value());
}

TEST_CASE("ACopyHoldsEveryRowOnMariaDb") {
  check_whole(MysqlKind::mariadb);
}
TEST_CASE("ACopyHoldsEveryRowOnMySql") {
  check_whole(MysqlKind::mysql);
}

// Moves value between accounts, and notes each move: the sum stays, and the count of moves is what
// the accounts say.
class Writers {
 public:
  Writers(const MysqlServer& server, int count) {
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this, &server, i] { write(server, static_cast<unsigned>(i + 1)); });
    }
  }
  ~Writers() { finish(); }
  void finish() {
    ending_.store(true);
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  void write(const MysqlServer& server, unsigned seed) {
    auto client = MysqlClient::connect(server.port(), "copied");
    while (!ending_.load()) {
      seed = seed * 1'103'515'245 + 12'345;
      unsigned from = seed / 65'536 % 50, to = (from + 1 + seed / 7 % 49) % 50;
      std::string sql =
          "BEGIN; UPDATE account SET v = v - 1, moves = moves + 1 WHERE id = " +
          std::to_string(from) + "; UPDATE account SET v = v + 1 WHERE id = " + std::to_string(to) +
          "; INSERT INTO move (id) VALUES (NULL); DELETE FROM spare ORDER BY id LIMIT 1; "
          "REPLACE INTO spare VALUES (" +
          std::to_string(from) + "); COMMIT";
      if (!(*client)->execute(sql).ok()) (void)(*client)->execute("ROLLBACK");  // a deadlock
    }
  }

  std::atomic<bool> ending_{false};
  std::vector<std::thread> threads_;
};

constexpr const char* kBank =
    "CREATE TABLE account (id int PRIMARY KEY, v int, moves int);"
    "CREATE TABLE move (id int AUTO_INCREMENT PRIMARY KEY);"
    "CREATE TABLE spare (id int PRIMARY KEY);"
    "INSERT INTO account WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i "
    "< "
    "49) SELECT i, 100, 0 FROM n";

void check_one_moment(CopyFixture& fixture) {
  int64_t sum = 0, moves = 0;
  for (const auto& [key, row] : fixture.rows_of(0)) {
    std::vector<Datum> values(3);
    REQUIRE(decode_row(fixture.plan.tables[TableIndex(0)].row_type, row, values).ok());
    sum += values[1].integer();
    moves += values[2].integer();
  }
  CHECK(sum == 5000);
  CHECK(moves == static_cast<int64_t>(fixture.rows_of(1).size()));
}

// The copy with what the binlog holds behind its position is what the server holds at the end.
void check_goes_on(CopyFixture& fixture, const Position& position) {
  auto client = Client::open(fixture.config.connect, &fixture.stop);
  auto end = read_binlog_end(**client, fixture.facts);
  REQUIRE(end.ok());
  auto rest = read_overlap(fixture.config, &fixture.stop, fixture.plan.tables, fixture.plan.forms,
                           {position}, *end);
  if (!rest.ok()) FAIL(rest.error().message());
  const char* columns[] = {"concat_ws('|', id, v, moves)", "id", "id"};
  const char* names[] = {"account", "move", "spare"};
  for (uint32_t i = 0; i < 3; ++i) {
    Rows rows = fixture.rows_of(i);
    for (const auto& [key, row] : rest->tables[i]) {
      if (row)
        rows[key] = *row;
      else
        rows.erase(key);
    }
    auto held = fixture.server_texts(std::string("SELECT ") + columns[i] + " FROM copied." +
                                     names[i] + " ORDER BY id");
    INFO(names[i] << ": " << rows.size() << " rows, the server has " << held.size());
    CHECK((fixture.texts(i, rows) == held));  // not printed: they are many
  }
}

void check_under_writers(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  CopyFixture fixture(server, kBank);
  fixture.config.snapshot_connections = 4;
  fixture.look();
  for (int round = 0; round < 4; ++round) {
    Writers writers(*server, 3);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    Position position = fixture.copied();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    writers.finish();
    check_one_moment(fixture);
    check_goes_on(fixture, position);
  }
}

TEST_CASE("ACopyIsOfOneMomentWhileOthersWriteOnMariaDb") {
  check_under_writers(MysqlKind::mariadb);
}
TEST_CASE("ACopyIsOfOneMomentWhileOthersWriteOnMySql") {
  check_under_writers(MysqlKind::mysql);
}

TEST_CASE("WithoutGtidsACopyIsOfOneMomentAllTheSameOnMySql") {
  if (!MysqlServer::why_missing(MysqlKind::mysql).empty()) return;
  auto server = MysqlServer::start(
      {.kind = MysqlKind::mysql, .options = {"--gtid-mode=OFF", "--enforce-gtid-consistency=OFF"}});
  if (!server.ok()) FAIL(server.error().message());
  CopyFixture fixture(server->get(), kBank);
  fixture.config.snapshot_connections = 4;
  fixture.look();
  Writers writers(**server, 3);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  Position position = fixture.copied();
  writers.finish();
  CHECK(position.by_file());
  check_one_moment(fixture);
  check_goes_on(fixture, position);
}

void check_poor_user(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  CopyFixture fixture(server, kBank);
  fixture.execute(
      "DROP USER IF EXISTS leat@'127.0.0.1'; CREATE USER leat@'127.0.0.1' IDENTIFIED BY 'hush';"
      "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO leat@'127.0.0.1';"
      "GRANT SELECT ON copied.* TO leat@'127.0.0.1'");
  fixture.config.connect.user = "leat";
  fixture.config.connect.password = "hush";
  fixture.look();
  fixture.copied();
  check_one_moment(fixture);
  CHECK(fixture.rows_of(0).size() == 50);
}

TEST_CASE("ACopyNeedsOnlyToReadTablesAndBinlogOnMariaDb") {
  check_poor_user(MysqlKind::mariadb);
}
TEST_CASE("ACopyNeedsOnlyToReadTablesAndBinlogOnMySql") {
  check_poor_user(MysqlKind::mysql);
}

void check_ranges(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  CopyFixture fixture(server,
                      "CREATE TABLE ends (id bigint PRIMARY KEY);"
                      "CREATE TABLE few (id int PRIMARY KEY);"
                      "CREATE TABLE large (id bigint unsigned PRIMARY KEY);"
                      "INSERT INTO ends VALUES (-9223372036854775808), (-1), (0), "
                      "(9223372036854775807);"
                      "INSERT INTO few VALUES (1), (2); INSERT INTO large VALUES "
                      "(18446744073709551615), (0)");
  fixture.look();
  for (TableFacts& facts : fixture.plan.facts) facts.rows_estimated = 1'900'000;
  auto client = Client::open(fixture.config.connect, &fixture.stop);
  REQUIRE(client.ok());
  size_t counts[] = {10, 2, 1};
  for (uint32_t i = 0; i < 3; ++i) {
    auto tasks = snapshot_tasks(**client, TableIndex(i), fixture.plan);
    REQUIRE(tasks.ok());
    CHECK(tasks->size() == counts[i]);
  }
  fixture.copied();
  CHECK(fixture.texts(0, fixture.rows_of(0)) ==
        std::vector<std::string>{"-9223372036854775808", "-1", "0", "9223372036854775807"});
  CHECK(fixture.rows_of(1).size() == 2);
  CHECK(fixture.texts(2, fixture.rows_of(2)) ==
        std::vector<std::string>{"0", "18446744073709551615"});
}

TEST_CASE("RangesOfKeysCoverThemAllOnMariaDb") {
  check_ranges(MysqlKind::mariadb);
}
TEST_CASE("RangesOfKeysCoverThemAllOnMySql") {
  check_ranges(MysqlKind::mysql);
}

void check_stopped(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  CopyFixture fixture(server,
                      "SET sql_mode = 'ALLOW_INVALID_DATES';"
                      "CREATE TABLE bad (id int PRIMARY KEY, d date);"
                      "CREATE TABLE good (id int PRIMARY KEY);"
                      "INSERT INTO bad VALUES (1, '2026-02-31'); INSERT INTO good VALUES (1)");
  fixture.look();
  fixture.copied();
  const auto& reason = fixture.plan.tables[TableIndex(0)].stopped_reason;
  REQUIRE(reason.has_value());
  CHECK(reason->find("d: 2026-02-31 is no day of the calendar") != std::string::npos);
  CHECK_FALSE(fixture.plan.tables[TableIndex(1)].stopped_reason.has_value());
  CHECK(fixture.rows_of(1).size() == 1);
}

TEST_CASE("ATableWhoseRowsCannotBeReadStopsAndTheOthersGoOnOnMariaDb") {
  check_stopped(MysqlKind::mariadb);
}
TEST_CASE("ATableWhoseRowsCannotBeReadStopsAndTheOthersGoOnOnMySql") {
  check_stopped(MysqlKind::mysql);
}

TEST_CASE("ATableAlteredOrDroppedSinceItWasLookedAtIsATransientErrorOnMariaDb") {
  MysqlServer* server = shared_server(MysqlKind::mariadb);
  if (server == nullptr) return;
  CopyFixture fixture(server, "CREATE TABLE t (id int PRIMARY KEY)");
  fixture.look();
  fixture.execute("ALTER TABLE copied.t ADD COLUMN c int");
  auto copied = fixture.copy();
  REQUIRE_FALSE(copied.ok());
  CHECK(copied.error().is_transient());
  fixture.execute("DROP TABLE copied.t");
  copied = fixture.copy();
  REQUIRE_FALSE(copied.ok());
  CHECK(copied.error().is_transient());
}

}  // namespace
}  // namespace leat::test

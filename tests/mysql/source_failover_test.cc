// A source whose server is another one at the next start: of the same GTID history, or not.

#include <catch2/catch.hpp>

#include "tests/mysql/support/replica.h"
#include "tests/mysql/support/source_fixture.h"

namespace leat::test {
namespace {

using cdc::SourceState;

constexpr const char* kShop =
    "CREATE TABLE orders (id int PRIMARY KEY, customer varchar(40), total decimal(10,2));"
    "INSERT INTO orders VALUES (1, 'Ann', 10.50), (2, 'Bé', 0), (3, 'Cy', -1)";

template <class T>
T must(Result<T> result) {
  if (!result.ok()) FAIL(result.error().message());
  return std::move(*result);
}

void must(const Status& status) {
  if (!status.ok()) FAIL(status.error().message());
}

// Runs TEST on each kind of server that this machine has.
template <class Test>
void on_each_kind(const Test& test) {
  for (MysqlKind kind : {MysqlKind::mariadb, MysqlKind::mysql}) {
    std::string missing = MysqlServer::why_missing(kind);
    if (!missing.empty()) {
      WARN("skipped: " << missing);
      continue;
    }
    INFO(to_text(kind));
    test(kind);
  }
}

// What every test of this file begins with.
struct Pair {
  std::unique_ptr<MysqlServer> primary;
  std::unique_ptr<Replica> replica;
  SourceFixture source;

  explicit Pair(MysqlKind kind)
      : primary(must(start_with_id(kind, 1))),
        replica(must(Replica::of(*primary, 2))),
        source(primary.get(), kShop) {
    source.start();
    source.wait_for_state(SourceState::streaming);
    source.execute("UPDATE orders SET total = total + 1; DELETE FROM orders WHERE id = 2");
    source.catch_up();
  }

  // The primary is gone, and the replica stands in its place.
  void fail_over() {
    must(replica->catch_up(source.client()));
    must(primary->stop(true));
    must(replica->promote());
    source.move_to(&replica->server());
  }
};

TEST_CASE("AReplicaThatTookItsPrimarysPlaceIsReadWithoutAHoleOrARepeat") {
  on_each_kind([](MysqlKind kind) {
    Pair pair(kind);
    pair.source.stop();
    pair.source.execute("UPDATE orders SET customer = 'while nobody read'; FLUSH BINARY LOGS");
    pair.fail_over();
    pair.source.execute("INSERT INTO orders VALUES (4, 'Di', 4); UPDATE orders SET total = 0");
    pair.source.start();
    pair.source.catch_up();
    pair.source.execute("DELETE FROM orders WHERE id = 1");
    pair.source.catch_up();
    pair.source.check_equal("orders");
    // 3 copied; 3 updated, 1 deleted; 2 updated; 1 inserted, 2 updated (one was 0); 1 deleted.
    CHECK(pair.source.changes("orders").size() == 13);
  });
}

TEST_CASE("AReplicaThatIsBehindIsWaitedFor") {
  on_each_kind([](MysqlKind kind) {
    Pair pair(kind);
    must(pair.replica->catch_up(pair.source.client()));
    must(pair.replica->pause());
    pair.source.execute("UPDATE orders SET customer = 'not there yet'");
    pair.source.catch_up();
    pair.source.stop();
    pair.source.move_to(&pair.replica->server());
    pair.source.start();
    pair.source.wait_for_state(SourceState::retrying);
    std::string error = pair.source.source().status().last_error;
    CHECK(error.find("has not yet executed") != std::string::npos);
    CHECK(error.find("leat source resnapshot") != std::string::npos);
    must(pair.replica->go_on());
    pair.source.wait_for_state(SourceState::streaming);
    must(pair.replica->promote());
    pair.source.execute("UPDATE orders SET total = 7");
    pair.source.catch_up();
    pair.source.check_equal("orders");
    // 3 copied; 3 updated, 1 deleted; 2 updated; 2 updated.
    CHECK(pair.source.changes("orders").size() == 11);
  });
}

// As many transactions as there were, and more, so that numbers alone do not tell.
std::string another_history() {
  std::string out = "CREATE DATABASE other; CREATE TABLE other.t (id int PRIMARY KEY);";
  for (int i = 0; i < 60; ++i) out += "INSERT INTO other.t VALUES (" + std::to_string(i) + ");";
  return out;
}

// OTHER_ID: how another server calls itself than the one that was read, whose id is 1.
void check_other_history(MysqlKind kind, int other_id) {
  CAPTURE(other_id);
  auto first = must(start_with_id(kind, 1));
  auto other = must(start_with_id(kind, other_id));
  SourceFixture source(first.get(), kShop);
  source.execute("FLUSH BINARY LOGS; FLUSH BINARY LOGS");
  source.start();
  source.catch_up();
  source.stop();
  source.move_to(other.get());
  source.execute(another_history());
  source.start();
  source.wait_for_state(SourceState::stopped);
  std::string error = source.source().status().last_error;
  CHECK(error.find("leat source resnapshot") != std::string::npos);
  CHECK(source.source().status().stopped_tables.empty());
  // Nothing is lost: with the right server again it goes on.
  source.stop();
  source.move_to(first.get());
  source.start();
  source.execute("UPDATE orders SET total = 3");
  source.catch_up();
  source.check_equal("orders");
  CHECK(source.changes("orders").size() == 6);
}

TEST_CASE("AServerOfAnotherHistoryStopsTheSourceWithTheChoices") {
  on_each_kind([](MysqlKind kind) { check_other_history(kind, 2); });
}

// (MySQL's servers have a UUID each, whatever their ids.)
TEST_CASE("AMariaDbOfAnotherHistoryIsToldAlsoWhereItHasTheSameId") {
  if (!MysqlServer::why_missing(MysqlKind::mariadb).empty()) return;
  check_other_history(MysqlKind::mariadb, 1);
}

std::unique_ptr<MysqlServer> start_without_gtids() {
  return must(
      MysqlServer::start({.kind = MysqlKind::mysql,
                          .options = {"--gtid-mode=OFF", "--enforce-gtid-consistency=OFF"}}));
}

TEST_CASE("WithoutGtidsReadingGoesOnBehindAFileAndOffsetOfThatOneServer") {
  std::string missing = MysqlServer::why_missing(MysqlKind::mysql);
  if (!missing.empty()) {
    WARN("skipped: " << missing);
    return;
  }
  auto server = start_without_gtids();
  SourceFixture source(server.get(), kShop);
  source.start();
  source.wait_for_state(SourceState::streaming);
  source.execute("UPDATE orders SET customer = 'streamed'");
  source.wait_equal("orders");
  source.stop();
  source.execute("UPDATE orders SET customer = 'while nobody read'; FLUSH BINARY LOGS");
  source.execute("INSERT INTO orders VALUES (4, 'behind a rotation', 4)");
  source.start();
  source.wait_equal("orders");
  // 3 copied; 3 updated; 3 updated; 1 inserted.
  CHECK(source.changes("orders").size() == 10);
  source.stop();
  auto other = start_without_gtids();
  source.move_to(other.get());
  source.start();
  source.wait_for_state(SourceState::stopped);
  std::string error = source.source().status().last_error;
  CHECK(error.find("without GTIDs") != std::string::npos);
  CHECK(error.find("leat source resnapshot") != std::string::npos);
  CHECK(source.source().status().stopped_tables.empty());
}

// (MariaDB cannot be without GTIDs, but its binlog may hold none yet.)
TEST_CASE("AMariaDbWithoutAnyGtidYetIsReadBehindAFileAndOffsetUntilItsFirst") {
  if (!MysqlServer::why_missing(MysqlKind::mariadb).empty()) return;
  auto server = must(MysqlServer::start());
  SourceFixture source(server.get(), kShop);
  source.execute("RESET MASTER");
  source.start();
  source.wait_for_state(SourceState::streaming);
  CHECK(source.source().status().snapshot.empty());
  source.stop();
  source.execute("FLUSH BINARY LOGS");
  source.start();
  source.wait_for_state(SourceState::streaming);
  source.stop();
  // By the file: another server's files say nothing of this one's.
  auto other = must(start_with_id(MysqlKind::mariadb, 2));
  source.move_to(other.get());
  source.start();
  source.wait_for_state(SourceState::stopped);
  CHECK(source.source().status().last_error.find("without GTIDs") != std::string::npos);
  source.stop();
  source.move_to(server.get());
  source.execute("FLUSH BINARY LOGS; INSERT INTO orders VALUES (4, 'behind rotations', 4)");
  source.start();
  source.wait_equal("orders");
  source.stop();
  source.execute("UPDATE orders SET customer = 'by its GTID'; FLUSH BINARY LOGS");
  source.start();
  source.wait_equal("orders");
  // 3 copied, 1 inserted, 4 updated.
  CHECK(source.changes("orders").size() == 8);
}

}  // namespace
}  // namespace leat::test

// A source whose server's binlog was RESET while nobody read it: the same numbers name other
// transactions then.
#include <catch2/catch.hpp>

#include "tests/mysql/support/replica.h"
#include "tests/mysql/support/source_fixture.h"

namespace leat::test {
namespace {

using cdc::SourceState;

constexpr const char* kShop =
    "CREATE TABLE orders (id int PRIMARY KEY, note varchar(6000)); INSERT INTO orders VALUES (1, "
    "'a'), (2, 'b'), (3, 'c')";

std::string reset_of(MysqlKind kind) {
  return kind == MysqlKind::mariadb ? "RESET MASTER;" : "RESET BINARY LOGS AND GTIDS;";
}

std::string inserts(int from, int until, int bytes) {
  std::string out;
  for (int id = from; id < until; ++id) {
    out += "INSERT INTO orders VALUES (" + std::to_string(id) + ", repeat('x', " +
           std::to_string(bytes) + "));";
  }
  return out;
}

// A server of its own that a source has read and left.
struct Left {
  std::unique_ptr<MysqlServer> server;
  SourceFixture source;

  explicit Left(MysqlKind kind) : server(start(kind)), source(server.get(), kShop) {
    source.execute(reset_of(kind));
    source.start();
    source.wait_for_state(SourceState::streaming);
  }
  static std::unique_ptr<MysqlServer> start(MysqlKind kind) {
    auto started = start_with_id(kind, 1);
    if (!started.ok()) FAIL(started.error().message());
    return std::move(*started);
  }
  void check_stops() {
    source.start();
    source.wait_for_state(SourceState::stopped);
    std::string error = source.source().status().last_error;
    CHECK(error.find("another history") != std::string::npos);
    CHECK(error.find("leat source resnapshot " + source.config.name) != std::string::npos);
    source.stop();
  }
};

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

TEST_CASE("AResetBinlogThatHasComePastTheOldNumbersInAShorterFileStopsTheSource") {
  on_each_kind([](MysqlKind kind) {
    Left left(kind);
    left.source.execute(inserts(100, 106, 5000));
    left.source.catch_up();
    left.source.stop();
    left.source.execute(reset_of(kind) + "DELETE FROM orders WHERE id = 3;" + inserts(200, 230, 1));
    left.check_stops();
  });
}

TEST_CASE("AResetBinlogThatHasComePastTheOldNumbersAndOffsetStopsTheSource") {
  on_each_kind([](MysqlKind kind) {
    Left left(kind);
    left.source.execute(inserts(100, 106, 10));
    left.source.catch_up();
    left.source.stop();
    left.source.execute(reset_of(kind) + "DELETE FROM orders WHERE id = 3;" +
                        inserts(200, 230, 5000));
    left.check_stops();
  });
}

// What the server does is the same, number by number and byte by byte, but for the time.
TEST_CASE("AResetBinlogOfTheSameStatementsAgainStopsTheSource") {
  on_each_kind([](MysqlKind kind) {
    Left left(kind);
    left.source.execute(inserts(100, 106, 10));
    left.source.catch_up();
    left.source.stop();
    left.source.execute("DELETE FROM orders WHERE id >= 100; TRUNCATE marker;" + reset_of(kind) +
                        inserts(100, 106, 10) + "INSERT INTO marker VALUES ();" +
                        inserts(200, 203, 10));
    left.check_stops();
  });
}

TEST_CASE("ABinlogThatIsResetRightBehindTheCopyStopsTheSource") {
  on_each_kind([](MysqlKind kind) {
    Left left(kind);
    left.source.stop();
    left.source.execute("DO sleep(1.1);" + reset_of(kind) + inserts(200, 230, 5000));
    left.check_stops();
  });
}

// Its files look like those behind what was purged.
TEST_CASE("ABinlogThatIsResetToALaterFileStopsTheSource") {
  on_each_kind([](MysqlKind kind) {
    Left left(kind);
    left.source.execute(inserts(100, 106, 10));
    left.source.catch_up();
    left.source.stop();
    std::string reset = reset_of(kind);
    reset.pop_back();
    left.source.execute(reset + " TO 9;" + inserts(200, 230, 10));
    left.check_stops();
  });
}

// The server's thread that sends to the source may wait for where the old binlog ended.
void check_reset_while_read(const std::string& statements) {
  on_each_kind([&](MysqlKind kind) {
    Left left(kind);
    left.source.execute(inserts(100, 106, 10));
    left.source.catch_up();
    left.source.execute(reset_of(kind) + statements);
    left.source.wait_for_state(SourceState::stopped);
  });
}

TEST_CASE("ABinlogThatIsResetWhileItIsReadAndPassesTheOldOneStopsTheSource") {
  check_reset_while_read(inserts(200, 230, 5000));
}

TEST_CASE("ABinlogThatIsResetWhileItIsReadAndStaysShorterStopsTheSource") {
  check_reset_while_read(inserts(200, 201, 1));
}

TEST_CASE("ABinlogWhoseFilesThatWereReadArePurgedIsReadOn") {
  on_each_kind([](MysqlKind kind) {
    Left left(kind);
    left.source.execute(inserts(100, 106, 10));
    left.source.catch_up();
    left.source.stop();
    left.source.execute(
        "FLUSH BINARY LOGS; FLUSH BINARY LOGS; PURGE BINARY LOGS TO 'binlog.000003'");
    left.source.execute(inserts(200, 203, 10));
    left.source.start();
    left.source.catch_up();
    left.source.check_equal("orders");
    CHECK(left.source.changes("orders").size() == 12);  // 3 copied, 9 inserted
    // And on behind a mark of the new file.
    left.source.stop();
    left.source.execute(inserts(300, 303, 10));
    left.source.start();
    left.source.catch_up();
    left.source.check_equal("orders");
  });
}

}  // namespace
}  // namespace leat::test

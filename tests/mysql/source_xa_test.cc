// XA transactions that are prepared while tables are copied.

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/mysql/support/binlog_fixture.h"
#include "tests/mysql/support/source_fixture.h"

namespace leat::test {
namespace {

using cdc::SourceState;

constexpr const char* kTables =
    "CREATE TABLE orders (id int PRIMARY KEY, note text); INSERT INTO orders VALUES (1, 'first')";

template <class Test>
void on_each(const Test& test) {
  for (MysqlKind kind : {MysqlKind::mariadb, MysqlKind::mysql}) {
    MysqlServer* server = shared_server(kind);
    if (server == nullptr) continue;
    INFO(to_text(kind));
    SourceFixture fixture(server, kTables);
    test(fixture);
  }
}

// By a connection that is gone when this returns.
void prepare(SourceFixture& fixture, const std::string& id, const std::string& statement) {
  fixture.execute("XA START '" + id + "'; " + statement + "; XA END '" + id + "'; XA PREPARE '" +
                  id + "'");
  fixture.reconnect();
}

TEST_CASE("TheFirstCopyWaitsForAnXaTransactionThatIsPrepared") {
  on_each([](SourceFixture& fixture) {
    prepare(fixture, "early", "INSERT INTO orders VALUES (2, 'xa')");
    fixture.start();
    fixture.wait_for_state(SourceState::retrying);
    CHECK(fixture.source().status().last_error.find("XA COMMIT X'6561726c79',X'',1") !=
          std::string::npos);
    fixture.execute("XA COMMIT 'early'");
    fixture.wait_for_state(SourceState::streaming);
    fixture.execute("INSERT INTO orders VALUES (3, 'behind')");
    fixture.catch_up();
    fixture.check_equal("orders");
  });
}

// Runs XA transactions one after the other, each open for a moment, until it is told to end.
class XaWriter {
 public:
  explicit XaWriter(SourceFixture& fixture) {
    auto client = MysqlClient::connect(fixture.server().port(), fixture.database());
    REQUIRE(client.ok());
    client_ = std::move(*client);
    thread_ = std::thread([this] { run(); });
  }
  // How many were committed; the error of the one that failed.
  Result<int> finish() {
    ends_ = true;
    thread_.join();
    if (!status_.ok()) return status_.error();
    return count_;
  }

 private:
  void run() {
    for (; !ends_ && status_.ok(); ++count_) {
      std::string n = std::to_string(1000 + count_);
      status_ = client_->execute("XA START '" + n + "'; INSERT INTO orders VALUES (" + n +
                                 ", 'xa'); XA END '" + n + "'; XA PREPARE '" + n +
                                 "'; DO sleep(0.02); XA COMMIT '" + n + "'");
    }
  }

  std::unique_ptr<MysqlClient> client_;
  std::atomic<bool> ends_{false};
  int count_ = 0;
  Status status_;
  std::thread thread_;
};

GenerationId generation(SourceFixture& fixture) {
  std::string topic = fixture.config.name + "." + fixture.database() + ".orders";
  return fixture.log().state()->find(topic)->current->id;
}

TEST_CASE("XaTransactionsThatAreOpenWhileTheTablesAreCopiedAreWhole") {
  on_each([](SourceFixture& fixture) {
    XaWriter writer(fixture);
    fixture.start();
    fixture.wait_for_state(SourceState::streaming);
    for (int i = 0; i < 3; ++i) {
      GenerationId before = generation(fixture);
      fixture.source().resnapshot();
      fixture.wait_until("the copy", [&] { return generation(fixture) != before; });
    }
    auto written = writer.finish();
    if (!written.ok()) FAIL(written.error().message());
    CHECK(*written > 0);
    fixture.catch_up();
    fixture.check_equal("orders");
  });
}

TEST_CASE("AnXaTransactionOnATableThatIsBeingCopiedAnewIsNotLost") {
  on_each([](SourceFixture& fixture) {
    fixture.start();
    fixture.wait_for_state(SourceState::streaming);
    fixture.execute("ALTER TABLE orders ADD COLUMN n int NOT NULL DEFAULT 5");
    prepare(fixture, "meanwhile", "INSERT INTO orders VALUES (2, 'xa', 7)");
    fixture.wait_equal("orders");
    fixture.execute("XA COMMIT 'meanwhile'");
    fixture.wait_equal("orders");
    fixture.execute("UPDATE orders SET n = n + 1");
    fixture.wait_equal("orders");
  });
}

}  // namespace
}  // namespace leat::test

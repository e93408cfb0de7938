// A server, a log and a source over them, and what the topics hold in terms of the tables.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cdc/postgres/source.h"
#include "log/local_log.h"
#include "log/store/store.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/topic_changes.h"

namespace leat::cdc::test {

using leat::test::TopicChange;

// The server that the tests of this program share; each test has a database of its own.
leat::test::PostgresServer& shared_server();

class SourceFixture {
 public:
  // A new database with SETUP run in it.
  explicit SourceFixture(const std::string& setup, const std::string& database_options = "");
  ~SourceFixture();

  leat::test::PostgresClient& sql() { return *client_; }
  void execute(const std::string& statements);
  const std::string& database() const { return database_; }

  // The log, the store and the source are made anew over the same directory.
  void start();
  void stop();
  Source& source() { return *source_; }
  log::ChangeLog& log() { return *log_; }

  PostgresConfig config;  // for the next start()

  // Calls DONE until it is true; fails the test when that takes too long.
  void wait_until(const std::string& what, const std::function<bool()>& done);
  // Waits until the source must have looked at the server's catalog once more.
  static void source_polled();
  // After the server's restart.
  void reconnect();

  // Waits until everything that the server has committed is in the log.
  void catch_up();
  void wait_for_state(SourceState state);
  SourceStatus status_when(SourceState state);
  // Waits until TABLE is among the stopped ones; gives the reason.
  std::string wait_for_stopped(const std::string& table);

  // All changes of a table's topic (its current generation), partition after partition.
  std::vector<TopicChange> changes(const std::string& table);
  // The topic's latest rows equal the table's; every `before` is what precedes it; no change stands
  // twice or out of commit order.
  void check_equal(const std::string& table);

 private:
  std::vector<std::string> table_rows(const std::string& table);

  leat::test::TempDir dir_;
  std::string database_;
  std::unique_ptr<leat::test::PostgresClient> client_;
  std::unique_ptr<log::LocalLog> log_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Source> source_;
};

}  // namespace leat::cdc::test

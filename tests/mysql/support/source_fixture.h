// A server, a log and a source over them, and what the topics hold in terms of the tables.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cdc/mysql/source.h"
#include "log/local_log.h"
#include "log/store/store.h"
#include "tests/support/mysql_server.h"
#include "tests/support/process.h"
#include "tests/support/topic_changes.h"

namespace leat::test {

class SourceFixture {
 public:
  // A new database of SERVER with SETUP run in it.
  SourceFixture(MysqlServer* server, const std::string& setup);
  ~SourceFixture();

  void execute(const std::string& statements);
  MysqlClient& client() { return *client_; }
  const std::string& database() const { return database_; }
  MysqlServer& server() { return *server_; }

  // The log, the store and the source are made anew over the same directory.
  void start();
  void stop();
  cdc::Source& source() { return *source_; }
  log::ChangeLog& log() { return *log_; }

  cdc::mysql::MysqlConfig config;  // for the next start()

  // Calls DONE until it is true; fails the test when that takes too long.
  void wait_until(const std::string& what, const std::function<bool()>& done);
  // After the server's restart.
  void reconnect();
  // From now on the server is this one; also for the next start().
  void move_to(MysqlServer* server);
  // Waits until everything that the server has committed is in the log.
  void catch_up();
  void wait_for_state(cdc::SourceState state);
  // Waits until TABLE is among the stopped ones; gives the reason.
  std::string wait_for_stopped(const std::string& table);
  // The topic's latest rows equal the table's; every `before` is what precedes it.
  void check_equal(const std::string& table);
  // Waits until they are, for what comes by itself, like a copy of an altered table.
  void wait_equal(const std::string& table);
  std::vector<TopicChange> changes(const std::string& table);

 private:
  std::vector<std::string> table_rows(const std::string& table);
  bool log_has(const std::string& gtids);

  TempDir dir_;
  MysqlServer* server_;
  std::string database_;
  std::unique_ptr<MysqlClient> client_;
  std::unique_ptr<log::LocalLog> log_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<cdc::Source> source_;
};

}  // namespace leat::test

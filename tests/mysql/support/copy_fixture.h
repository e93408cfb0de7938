// A database on a server, a log, and copies of the one into the other (cdc/mysql/snapshot.h).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cdc/mysql/snapshot.h"
#include "log/local_log.h"
#include "log/store/store.h"
#include "tests/support/mysql_server.h"
#include "tests/support/process.h"

namespace leat::test {

struct CopyFixture {
  using Rows = std::map<std::string, std::string>;  // by key, both as bytes

  MysqlServer* server;
  TempDir dir;
  cdc::StopSignal stop;
  cdc::StatusBoard board{"shop"};
  cdc::mysql::MysqlConfig config;
  std::unique_ptr<MysqlClient> admin;
  std::unique_ptr<log::LocalLog> log;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<cdc::RowStore> rows;
  cdc::mysql::ServerFacts facts;
  cdc::mysql::CapturePlan plan;

  // Makes the database `copied` anew and runs TABLES in it.
  CopyFixture(MysqlServer* at, const std::string& tables);

  void execute(const std::string& sql);
  // Looks at the server as it is now, before a copy.
  void look();
  Result<cdc::mysql::Position> copy();
  // The same, tried again where somebody's writing was in the way of its beginning.
  cdc::mysql::Position copied();

  // What the new generation of a table holds.
  Rows rows_of(uint32_t table);
  // Rows of a table, their columns joined by '|', NULL as "\N".
  std::vector<std::string> texts(uint32_t table, const Rows& from);
  // The first column of what the server answers.
  std::vector<std::string> server_texts(const std::string& sql);
};

}  // namespace leat::test

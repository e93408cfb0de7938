// One server of each kind for all tests of the program, and its binlog as files.
#pragma once

#include <memory>
#include <string>

#include "log/base/status.h"
#include "tests/support/mysql_server.h"

namespace leat::test {

// Started at the first call; null, and said so as a warning of the test, where this machine has no
// such server.
MysqlServer* shared_server(MysqlKind kind);

// A binlog file of its own for what a test does: begins one, and gives its bytes.
class BinlogFile {
 public:
  // Flushes the binlog, so that a new file begins.
  static Result<BinlogFile> begin(MysqlServer* server, MysqlClient* client);
  // Flushes it again; the whole file.
  Result<std::string> finish();

 private:
  BinlogFile(MysqlServer* server, MysqlClient* client, std::string name)
      : server_(server), client_(client), name_(std::move(name)) {}

  MysqlServer* server_;
  MysqlClient* client_;
  std::string name_;
};

}  // namespace leat::test

// A private MariaDB (Debian's) or MySQL (tests/support/fetch_mysql.sh): its own data in a temporary
// directory, on a free port of 127.0.0.1, gone with the object. The binlog is on: ROW format, FULL
// images, FULL metadata, GTIDs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/status.h"
#include "tests/support/process.h"

namespace leat::test {

enum class MysqlKind : uint8_t { mariadb, mysql };

const char* to_text(MysqlKind kind);

struct MysqlOptions {
  MysqlKind kind = MysqlKind::mariadb;
  // Options as on the command line, after ours: "--binlog-checksum=NONE".
  std::vector<std::string> options;
};

class MysqlServer {
 public:
  // Why a server of KIND cannot be started on this machine, and what would change that; empty where
  // it can.
  static std::string why_missing(MysqlKind kind);

  static Result<std::unique_ptr<MysqlServer>> start(const MysqlOptions& options = {});
  ~MysqlServer();

  MysqlKind kind() const { return options_.kind; }
  int port() const { return port_; }
  std::string data_dir() const { return dir_ / "data"; }

  // SIGTERM and wait; SIGKILL where KILLED.
  Status stop(bool killed = false);
  // On the same port, with the same data.
  Status start_again();

 private:
  explicit MysqlServer(MysqlOptions options) : options_(std::move(options)) {}
  Status init();

  MysqlOptions options_;
  TempDir dir_;
  int port_ = 0;
  std::optional<Process> process_;
};

// A row of text values; none is NULL.
using TextRow = std::vector<std::optional<std::string>>;

// A plain connection as root for tests, its character set utf8mb4. One thread.
class MysqlClient {
 public:
  static Result<std::unique_ptr<MysqlClient>> connect(int port, const std::string& database = "");
  ~MysqlClient();

  // Runs one or more statements; the rows are those of the last. The error's message is "NUMBER:
  // message".
  Result<std::vector<TextRow>> query(const std::string& sql);
  Status execute(const std::string& sql);
  // The first column of the first row.
  Result<std::string> value(const std::string& sql);

 private:
  struct Connection;
  MysqlClient();
  std::unique_ptr<Connection> connection_;
};

}  // namespace leat::test

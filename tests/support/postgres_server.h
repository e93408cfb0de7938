// A private PostgreSQL: its own data in a temporary directory, on a free port of 127.0.0.1, gone
// with the object. Run as the user postgres where we are root (the server refuses root).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/status.h"
#include "tests/support/process.h"

namespace leat::test {

struct PostgresOptions {
  // Lines for postgresql.conf, after ours (wal_level = logical, fsync off, small shared_buffers).
  std::vector<std::string> settings;
  // "trust" or "scram-sha-256": how TCP connections log in.
  std::string authentication = "trust";
};

class PostgresServer {
 public:
  static Result<std::unique_ptr<PostgresServer>> start(const PostgresOptions& options = {});
  ~PostgresServer();

  int port() const { return port_; }
  // "postgresql://postgres@127.0.0.1:PORT/DATABASE"
  std::string uri(std::string_view database = "postgres", std::string_view user = "postgres") const;

  // By the Unix socket, where everybody is trusted whatever the authentication over TCP.
  std::string socket_uri() const;

  // Stops it as MODE ("fast", "immediate") and starts it again on the same port.
  Status restart(std::string_view mode);
  Status stop(std::string_view mode);
  Status start_again();

 private:
  PostgresServer() = default;
  Status init(const PostgresOptions& options);

  TempDir dir_;
  int port_ = 0;
  std::optional<Process> process_;
};

// A row of text values; none is NULL.
using TextRow = std::vector<std::optional<std::string>>;

// A plain connection for tests. One thread.
class PostgresClient {
 public:
  static Result<std::unique_ptr<PostgresClient>> connect(const std::string& uri);
  ~PostgresClient();

  // Runs one or more statements; the rows are those of the last. The error's message is "SQLSTATE:
  // message".
  Result<std::vector<TextRow>> query(const std::string& sql);
  Status execute(const std::string& sql);
  // The first column of the first row.
  Result<std::string> value(const std::string& sql);
  // COPY … FROM STDIN with DATA in COPY's text format.
  Status copy_in(const std::string& copy_sql, std::string_view data);

  struct Description {
    std::vector<std::string> column_names;
    std::vector<uint32_t> column_oids;
  };
  // Of the last query that gave rows.
  const Description& description() const { return description_; }
  // Where the last error of query() lies in its text, in characters from 1; 0 where it has no
  // place.
  int error_position() const { return error_position_; }

 private:
  struct Connection;
  PostgresClient();
  std::unique_ptr<Connection> connection_;
  Description description_;
  int error_position_ = 0;
};

}  // namespace leat::test

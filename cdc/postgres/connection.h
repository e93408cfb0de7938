// A connection to PostgreSQL: the one place that speaks libpq.
//
// Errors are classified here: transient where trying again may help (the server cannot be reached,
// is starting or shutting down, has no connection left, the slot is still in use), permanent
// otherwise. No message ever holds a password.
//
// One thread. Everything that waits ends early, with a transient error, when the stop signal is
// raised; so a thread stops within moments whatever the server does.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cdc/postgres/lsn.h"
#include "cdc/postgres/stream_message.h"
#include "cdc/stop_signal.h"
#include "log/base/status.h"

namespace leat::cdc {

struct ConnectOptions {
  std::string uri;            // as libpq reads it: TLS settings, several hosts and all
  std::string password_file;  // its first line; empty: the URI, PGPASSWORD or ~/.pgpass
  bool replication = false;   // a walsender's connection: replication=database
  std::chrono::seconds timeout{10};
};

// Whether libpq can read URI; what it says where not, without what may be a password.
Status check_uri(const std::string& uri);

using TextRow = std::vector<std::optional<std::string>>;

class Connection {
 public:
  // STOP must outlive the connection.
  static Result<std::unique_ptr<Connection>> open(const ConnectOptions& options,
                                                  const StopSignal* stop);
  ~Connection();

  // "PostgreSQL 15.20 at localhost:5432/shop"
  std::string server() const;
  int server_version() const;  // 150020
  // Where it is connected to, for messages: "localhost:5432/shop".
  std::string address() const;

  // Runs SQL with text results. A lock that is not to be had in 5 s is a transient error.
  Result<std::vector<TextRow>> query(const std::string& sql);
  Status execute(const std::string& sql);

  // Runs a COPY … TO STDOUT; calls ROW with each row's message until it fails. Then the connection
  // is of no more use.
  using CopyRow = std::function<Status(std::string_view)>;
  Status copy_out(const std::string& sql, const CopyRow& row);

  // Runs START_REPLICATION. From then on only the four below.
  Status start_replication(const std::string& command);
  // The next message that is already here; none where there is none.
  Result<std::optional<StreamMessage>> next_message();
  // Waits until a message may be here, TIMEOUT has passed, or the stop signal is raised.
  Status wait_message(std::chrono::milliseconds timeout);
  // Tells the server up to where everything is durable (and so needs never be sent again); it
  // answers at once with a keepalive where ASK is set.
  Status send_standby_status(Lsn durable, bool ask);

 private:
  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  Status prepare_session(bool replication);
  std::unique_ptr<Impl> impl_;
};

}  // namespace leat::cdc

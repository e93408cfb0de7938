// The connection that the binlog comes through: the one place that speaks MariaDB Connector/C, for
// MySQL and MariaDB alike.
//
// Its replication calls (mariadb_rpl_*) are not used: they do not follow a rotation, stop at
// compressed transactions, and do not tell an end from an error. The packets are taken as they are
// and decoded by binlog/event_decoder.h. Packets of 16 MB and more arrive in pieces, which the
// library joins.
//
// Errors are classified here: transient where trying again may help (the server cannot be reached,
// is shutting down, has no connection left), permanent otherwise. No message ever holds a password.
// One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cdc/mysql/binlog/position.h"
#include "cdc/stop_signal.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

enum class TlsMode : uint8_t {
  off,
  verified,  // the certificate is the host's, signed by who is trusted; nothing less counts as TLS
};

struct ConnectOptions {
  std::string host = "localhost";
  uint16_t port = 3306;
  std::string user;
  std::string password;
  TlsMode tls = TlsMode::verified;
  std::string tls_ca_file;  // empty: the system's
  std::chrono::seconds timeout{10};
};

struct DumpOptions {
  // What the server knows a replica by: no other reader or replica may have the same.
  uint32_t server_id = 0;
  // How often the server says that it is there while it has nothing to send.
  std::chrono::milliseconds heartbeat{5000};
};

// A row of text values; none is NULL.
using TextRow = std::vector<std::optional<std::string>>;

class BinlogConnection {
 public:
  // STOP must outlive it.
  static Result<std::unique_ptr<BinlogConnection>> open(const ConnectOptions& options,
                                                        const StopSignal* stop);
  ~BinlogConnection();

  Flavour flavour() const;
  // "MariaDB 10.11.19 at localhost:3306"
  std::string server() const;

  Result<std::vector<TextRow>> query(const std::string& sql);
  Status execute(const std::string& sql);

  // How events are checked until the stream's first FORMAT_DESCRIPTION: as the server does now.
  Result<ChecksumKind> checksum();

  // Asks for everything behind POSITION. From then on only the two below. That the server cannot go
  // on from there (error 1236) comes as the error of next_event().
  Status start_dump(const Position& position, const DumpOptions& options);
  // The next event that is already here; none where there is none. Its bytes live until the next
  // call. Where the first bytes of an event are here, it waits for the rest of it.
  Result<std::optional<std::string_view>> next_event();
  // Waits until an event may be here, TIMEOUT has passed, or the stop signal is raised.
  Status wait_event(std::chrono::milliseconds timeout);

 private:
  struct Impl;
  explicit BinlogConnection(std::unique_ptr<Impl> impl);
  Status dump_mariadb(const Position& position, const DumpOptions& options);
  Status dump_mysql(const Position& position, const DumpOptions& options);
  std::unique_ptr<Impl> impl_;
};

}  // namespace leat::cdc::mysql

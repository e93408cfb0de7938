// Serves PostgreSQL's protocol on TCP.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "log/base/clock.h"
#include "log/base/status.h"
#include "views/serve/pg_session.h"
#include "views/serve/socket_server.h"

namespace leat::views::serve {

struct PgServerOptions {
  // Everybody who connects is trusted, so a host that is not loopback is refused.
  std::string host = "127.0.0.1";
  uint16_t port = 5433;  // 0: a free one
  SocketLimits sockets;
  SessionLimits session;
  std::chrono::milliseconds login_timeout{10'000};
  std::chrono::milliseconds idle_timeout{24 * 3'600'000};
};

class PgServer {
 public:
  // Listens from now on. SERVICE and CLOCK must outlive the server.
  static Result<std::unique_ptr<PgServer>> start(PgServerOptions options,
                                                 const QueryService& service, const Clock& clock);
  ~PgServer();  // stops

  uint16_t port() const;
  size_t connections() const;
  size_t connections_max() const;
  // Cancels what runs, tells the clients and waits for their threads.
  void stop();

 private:
  struct Impl;
  explicit PgServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace leat::views::serve

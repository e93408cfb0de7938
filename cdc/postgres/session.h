// The two connections that a source works with, and what the server said of itself.
#pragma once

#include <memory>

#include "cdc/postgres/catalog.h"
#include "cdc/postgres/connection.h"
#include "cdc/postgres/source.h"
#include "cdc/stop_signal.h"
#include "log/base/status.h"

namespace leat::cdc {

ConnectOptions connect_options(const PostgresConfig& config, bool replication);

struct Session {
  std::unique_ptr<Connection> sql;
  std::unique_ptr<Connection> replication;
  ServerFacts server;
  SystemFacts system;
};

// Connects, and checks that the server can be replicated from at all.
Result<Session> open_session(const PostgresConfig& config, const StopSignal* stop);

}  // namespace leat::cdc

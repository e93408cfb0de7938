#include "cdc/postgres/session.h"

#include <spdlog/fmt/fmt.h>

#include "cdc/postgres/quote.h"

namespace leat::cdc {

ConnectOptions connect_options(const PostgresConfig& config, bool replication) {
  ConnectOptions options;
  options.uri = config.uri;
  options.password_file = config.password_file;
  options.replication = replication;
  return options;
}

Result<Session> open_session(const PostgresConfig& config, const StopSignal* stop) {
  Session session;
  LEAT_ASSIGN_OR_RETURN(session.sql, Connection::open(connect_options(config, false), stop));
  LEAT_ASSIGN_OR_RETURN(session.server, read_server_facts(*session.sql));
  const ServerFacts& server = session.server;
  if (server.wal_level != "logical") {
    return Error::permanent(fmt::format(
        "{}: wal_level is {}, and must be logical: ALTER SYSTEM SET wal_level = logical; and "
        "restart the server",
        session.sql->address(), server.wal_level));
  }
  if (!server.role_may_replicate) {
    return Error::permanent(fmt::format("{}: role {} may not replicate: ALTER ROLE {} REPLICATION;",
                                        session.sql->address(), server.role,
                                        sql_identifier(server.role)));
  }
  LEAT_ASSIGN_OR_RETURN(session.replication, Connection::open(connect_options(config, true), stop));
  LEAT_ASSIGN_OR_RETURN(session.system, identify_system(*session.replication));
  return session;
}

}  // namespace leat::cdc

// A server that replicates another one, by GTIDs, and takes its place.
#pragma once

#include <memory>
#include <string>

#include "tests/support/mysql_server.h"

namespace leat::test {

class Replica {
 public:
  // A new server with SERVER_ID that follows PRIMARY from its beginning on.
  static Result<std::unique_ptr<Replica>> of(const MysqlServer& primary, int server_id);

  MysqlServer& server() { return *server_; }
  MysqlClient& client() { return *client_; }

  // Waits until it has executed what CLIENT's server has.
  Status catch_up(MysqlClient& primary);
  Status pause();
  Status go_on();
  // It follows nobody any more.
  Status promote();

 private:
  Replica() = default;

  std::unique_ptr<MysqlServer> server_;
  std::unique_ptr<MysqlClient> client_;
};

// A server of KIND with SERVER_ID that replicas can be made of.
Result<std::unique_ptr<MysqlServer>> start_with_id(MysqlKind kind, int server_id);

}  // namespace leat::test

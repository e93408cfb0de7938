#include "tests/mysql/support/replica.h"

namespace leat::test {
namespace {

const char* to_term(const MysqlServer& server) {
  return server.kind() == MysqlKind::mariadb ? "SLAVE" : "REPLICA";
}

std::string follow(const MysqlServer& primary) {
  std::string port = std::to_string(primary.port());
  if (primary.kind() == MysqlKind::mariadb) {
    return "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_USER = 'root', MASTER_PORT = " +
           port + ", MASTER_CONNECT_RETRY = 1, MASTER_USE_GTID = slave_pos; START SLAVE";
  }
  return "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_USER = 'root', "
         "SOURCE_PORT = " +
         port +
         ", SOURCE_CONNECT_RETRY = 1, SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1; "
         "START REPLICA";
}

}  // namespace

Result<std::unique_ptr<MysqlServer>> start_with_id(MysqlKind kind, int server_id) {
  return MysqlServer::start(
      {.kind = kind,
       .options = {"--server-id=" + std::to_string(server_id), "--log-slave-updates=ON"}});
}

Result<std::unique_ptr<Replica>> Replica::of(const MysqlServer& primary, int server_id) {
  std::unique_ptr<Replica> out(new Replica);
  LEAT_ASSIGN_OR_RETURN(out->server_, start_with_id(primary.kind(), server_id));
  LEAT_ASSIGN_OR_RETURN(out->client_, MysqlClient::connect(out->server_->port()));
  LEAT_RETURN_IF_ERROR(out->client_->execute(follow(primary)));
  return out;
}

Status Replica::catch_up(MysqlClient& primary) {
  bool mariadb = server_->kind() == MysqlKind::mariadb;
  LEAT_ASSIGN_OR_RETURN(std::string gtids, primary.value(mariadb ? "SELECT @@gtid_binlog_pos"
                                                                 : "SELECT @@gtid_executed"));
  std::string wait = mariadb ? "SELECT MASTER_GTID_WAIT('" : "SELECT WAIT_FOR_EXECUTED_GTID_SET('";
  auto outcome = client_->value(wait + gtids + "', 120)");
  if (!outcome.ok()) return outcome.error();
  if (*outcome == "0") return Ok{};
  return Error::permanent("the replica does not come to " + gtids);
}

Status Replica::pause() {
  return client_->execute("STOP " + std::string(to_term(*server_)));
}

Status Replica::go_on() {
  return client_->execute("START " + std::string(to_term(*server_)));
}

Status Replica::promote() {
  std::string replica = to_term(*server_);
  return client_->execute("STOP " + replica + "; RESET " + replica + " ALL");
}

}  // namespace leat::test

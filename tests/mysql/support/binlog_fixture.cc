#include "tests/mysql/support/binlog_fixture.h"

#include <catch2/catch.hpp>
#include <map>

#include "log/base/fs.h"

namespace leat::test {

MysqlServer* shared_server(MysqlKind kind) {
  static std::map<MysqlKind, std::unique_ptr<MysqlServer>> servers;
  std::string missing = MysqlServer::why_missing(kind);
  if (!missing.empty()) {
    WARN("skipped: " << missing);
    return nullptr;
  }
  std::unique_ptr<MysqlServer>& server = servers[kind];
  if (server == nullptr) {
    auto started = MysqlServer::start({.kind = kind, .options = {}});
    if (!started.ok()) FAIL(started.error().message());
    server = std::move(*started);
  }
  return server.get();
}

Result<BinlogFile> BinlogFile::begin(MysqlServer* server, MysqlClient* client) {
  LEAT_RETURN_IF_ERROR(client->execute("FLUSH BINARY LOGS"));
  LEAT_ASSIGN_OR_RETURN(std::vector<TextRow> files, client->query("SHOW BINARY LOGS"));
  return BinlogFile(server, client, files.back()[0].value_or(""));
}

Result<std::string> BinlogFile::finish() {
  constexpr uint64_t kBytesMax = 1 << 30;
  LEAT_RETURN_IF_ERROR(client_->execute("FLUSH BINARY LOGS"));
  return read_file(Fs::posix(), server_->data_dir() + "/" + name_, kBytesMax);
}

}  // namespace leat::test

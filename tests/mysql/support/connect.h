// How tests connect to their servers as Leat does.
#pragma once

#include "cdc/mysql/connection.h"
#include "tests/support/mysql_server.h"

namespace leat::test {

// As root, without TLS.
inline cdc::mysql::ConnectOptions connect_options(const MysqlServer& server) {
  cdc::mysql::ConnectOptions out;
  out.host = "127.0.0.1";
  out.port = static_cast<uint16_t>(server.port());
  out.user = "root";
  out.tls = cdc::mysql::TlsMode::off;
  return out;
}

}  // namespace leat::test

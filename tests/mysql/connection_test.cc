// The binlog over the network, as the servers send it.
#include "cdc/mysql/connection.h"

#include <catch2/catch.hpp>

#include "cdc/mysql/binlog/event_decoder.h"
#include "cdc/mysql/binlog/rows_event.h"
#include "tests/mysql/support/binlog_fixture.h"

namespace leat::test {
namespace {

using namespace cdc::mysql;  // NOLINT: what is tested here
using namespace std::chrono_literals;

ConnectOptions options_of(const MysqlServer& server) {
  ConnectOptions out;
  out.host = "127.0.0.1";
  out.port = static_cast<uint16_t>(server.port());
  out.user = "root";
  out.tls = TlsMode::off;
  return out;
}

std::unique_ptr<BinlogConnection> connected(const MysqlServer& server,
                                            const cdc::StopSignal& stop) {
  auto connection = BinlogConnection::open(options_of(server), &stop);
  if (!connection.ok()) FAIL(connection.error().message());
  return std::move(*connection);
}

// Behind everything that the server has executed.
Position current_position(BinlogConnection& connection) {
  Position out;
  out.flavour = connection.flavour();
  bool mariadb = out.flavour == Flavour::mariadb;
  auto rows = connection.query(mariadb ? "SELECT @@gtid_binlog_pos" : "SELECT @@gtid_executed");
  REQUIRE(rows.ok());
  std::string text = (*rows)[0][0].value_or("");
  if (mariadb)
    out.mariadb_gtids = *MariadbGtids::parse(text);
  else
    out.gtids = *GtidSet::parse(text);
  return out;
}

Position current_file_position(BinlogConnection& connection) {
  Position out;
  out.flavour = connection.flavour();
  bool mariadb = out.flavour == Flavour::mariadb;
  auto rows = connection.query(mariadb ? "SHOW MASTER STATUS" : "SHOW BINARY LOG STATUS");
  REQUIRE(rows.ok());
  out.file = *(*rows)[0][0];
  out.offset = std::stoull(*(*rows)[0][1]);
  return out;
}

// What came through the stream.
struct Seen {
  int rows = 0;
  size_t largest_event = 0;
  int real_rotations = 0;
  int heartbeats = 0;
};

void note(const Event& event, TableMap* map, Seen* seen) {
  if (const auto* mapped = std::get_if<TableMapEvent>(&event.body)) {
    auto parsed = parse_table_map(mapped->bytes);
    REQUIRE(parsed.ok());
    *map = *parsed;
  }
  if (const auto* rows = std::get_if<RowsEvent>(&event.body)) {
    RowsReader reader;
    if (map->schema != "stream") return;
    REQUIRE(reader.begin(map, *rows).ok());
    for (auto next = reader.next(); next.ok() && *next; next = reader.next()) ++seen->rows;
  }
  if (std::get_if<Rotate>(&event.body) != nullptr && !event.header.artificial()) {
    ++seen->real_rotations;
  }
  if (std::get_if<Heartbeat>(&event.body) != nullptr) ++seen->heartbeats;
}

// Reads until DONE says so; fails after half a minute.
template <class Done>
Seen read_until(BinlogConnection& connection, ChecksumKind checksum, const Done& done) {
  EventDecoder decoder(checksum);
  TableMap map;
  Seen seen;
  auto deadline = std::chrono::steady_clock::now() + 30s;
  while (!done(seen) && std::chrono::steady_clock::now() < deadline) {
    auto bytes = connection.next_event();
    if (!bytes.ok()) FAIL(bytes.error().message());
    if (!*bytes) {
      REQUIRE(connection.wait_event(200ms).ok());
      continue;
    }
    auto event = decoder.decode(**bytes);
    if (!event.ok()) FAIL(event.error().message());
    seen.largest_event = std::max<size_t>(seen.largest_event, event->header.size);
    note(*event, &map, &seen);
  }
  return seen;
}

void write_rows(MysqlClient& client) {
  for (const char* sql : {
           "DROP DATABASE IF EXISTS stream",
           "CREATE DATABASE stream",
           "CREATE TABLE stream.t (id int PRIMARY KEY, body longtext)",
           "INSERT INTO stream.t VALUES (1, 'small'), (2, NULL)",
           "FLUSH BINARY LOGS",
           "SET SESSION max_allowed_packet = 1073741824",
           "INSERT INTO stream.t VALUES (3, concat(repeat('0123456789', 1000000), "
           "repeat('0123456789', 1000000)))",
           "INSERT INTO stream.t VALUES (4, 'behind the large one')",
       }) {
    auto done = client.execute(sql);
    // The session's own packet size is read-only on both servers; the global one is set by the
    // test.
    if (!done.ok() && std::string(sql).find("SET SESSION") != 0) FAIL(done.error().message());
  }
}

void check_stream(MysqlKind kind, Position (*position_of)(BinlogConnection&)) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  auto admin = MysqlClient::connect(server->port());
  REQUIRE((*admin)->execute("SET GLOBAL max_allowed_packet = 1073741824").ok());
  auto client = MysqlClient::connect(server->port());
  cdc::StopSignal stop;
  auto connection = connected(*server, stop);
  ChecksumKind checksum = *connection->checksum();
  Position position = position_of(*connection);
  write_rows(**client);
  REQUIRE(connection->start_dump(position, {.server_id = 77001, .heartbeat = 500ms}).ok());
  Seen seen = read_until(*connection, checksum, [](const Seen& so_far) {
    return so_far.rows >= 4 && so_far.heartbeats > 0;
  });
  CHECK(seen.rows == 4);
  CHECK(seen.real_rotations == 1);
  CHECK(seen.largest_event > 20'000'000);
  CHECK(seen.heartbeats > 0);
}

TEST_CASE("TheStreamGoesOnBehindGtidsThroughRotationsAndLargePacketsOnMariaDb") {
  check_stream(MysqlKind::mariadb, current_position);
}
TEST_CASE("TheStreamGoesOnBehindGtidsThroughRotationsAndLargePacketsOnMySql") {
  check_stream(MysqlKind::mysql, current_position);
}
TEST_CASE("TheStreamGoesOnBehindAFilePositionOnMariaDb") {
  check_stream(MysqlKind::mariadb, current_file_position);
}
TEST_CASE("TheStreamGoesOnBehindAFilePositionOnMySql") {
  check_stream(MysqlKind::mysql, current_file_position);
}

void check_purged(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  auto client = MysqlClient::connect(server->port());
  cdc::StopSignal stop;
  auto connection = connected(*server, stop);
  Position gone;
  gone.flavour = connection->flavour();
  gone.file = "binlog.009999";
  gone.offset = 4;
  REQUIRE(connection->start_dump(gone, {.server_id = 77002}).ok());
  REQUIRE(connection->wait_event(5s).ok());
  Result<std::optional<std::string_view>> event = connection->next_event();
  for (int i = 0; event.ok() && i < 10; ++i) {
    REQUIRE(connection->wait_event(1s).ok());
    event = connection->next_event();
  }
  REQUIRE_FALSE(event.ok());
  CHECK_FALSE(event.error().is_transient());
  INFO(event.error().message());
  CHECK(event.error().message().find("1236") != std::string::npos);
  CHECK(event.error().message().find("leat source resnapshot") != std::string::npos);
}

TEST_CASE("APositionThatTheServerDoesNotHaveIsAPermanentErrorOnMariaDb") {
  check_purged(MysqlKind::mariadb);
}
TEST_CASE("APositionThatTheServerDoesNotHaveIsAPermanentErrorOnMySql") {
  check_purged(MysqlKind::mysql);
}

TEST_CASE("WaitingForAnEventEndsWithTheStopSignal") {
  MysqlServer* server = shared_server(MysqlKind::mariadb);
  if (server == nullptr) return;
  cdc::StopSignal stop;
  auto connection = connected(*server, stop);
  stop.raise();
  Status status = connection->wait_event(1h);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().is_transient());
}

TEST_CASE("AServerThatIsNotThereIsATransientErrorAndAWrongPasswordAPermanentOne") {
  MysqlServer* server = shared_server(MysqlKind::mariadb);
  if (server == nullptr) return;
  cdc::StopSignal stop;
  ConnectOptions options = options_of(*server);
  options.password = "wrong";
  auto refused = BinlogConnection::open(options, &stop);
  REQUIRE_FALSE(refused.ok());
  CHECK_FALSE(refused.error().is_transient());
  CHECK(refused.error().message().find("wrong") == std::string::npos);
  options.port = static_cast<uint16_t>(free_port());
  auto nobody = BinlogConnection::open(options, &stop);
  REQUIRE_FALSE(nobody.ok());
  CHECK(nobody.error().is_transient());
}

// The server's certificate was signed by nobody whom we trust.
TEST_CASE("ACertificateThatCannotBeVerifiedIsRefusedOnMySql") {
  MysqlServer* server = shared_server(MysqlKind::mysql);
  if (server == nullptr) return;
  cdc::StopSignal stop;
  ConnectOptions options = options_of(*server);
  options.tls = TlsMode::verified;
  auto refused = BinlogConnection::open(options, &stop);
  REQUIRE_FALSE(refused.ok());
  CHECK_FALSE(refused.error().is_transient());
}

}  // namespace
}  // namespace leat::test

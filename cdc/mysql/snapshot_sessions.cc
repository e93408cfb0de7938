#include "cdc/mysql/snapshot_sessions.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <charconv>

namespace leat::cdc::mysql {
namespace {

constexpr const char* kBegin = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";

using Clients = std::vector<std::unique_ptr<Client>>;

Result<Clients> open_clients(const MysqlConfig& config, int count, const StopSignal* stop) {
  Clients out;
  for (int i = 0; i < std::max(1, count); ++i) {
    LEAT_ASSIGN_OR_RETURN(auto client, Client::open(config.connect, stop));
    LEAT_RETURN_IF_ERROR(client->execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
    out.push_back(std::move(client));
  }
  return out;
}

Status begin_all(Clients& clients) {
  for (auto& client : clients) LEAT_RETURN_IF_ERROR(client->execute(kBegin));
  return Ok();
}

bool is_before(const Position& a, const Position& b) {
  // binlog.999999 is followed by binlog.1000000.
  if (a.file.size() != b.file.size()) return a.file.size() < b.file.size();
  return a.file != b.file ? a.file < b.file : a.offset < b.offset;
}

Result<Position> mariadb_snapshot_position(Client& client, const ServerFacts& server) {
  LEAT_ASSIGN_OR_RETURN(auto rows, client.query("SHOW STATUS LIKE 'binlog_snapshot_%'"));
  Position out;
  out.flavour = Flavour::mariadb;
  out.server = server.identity;
  for (const TextRow& row : rows) {
    const std::string value = row[1].value_or("");
    if (row[0] == "Binlog_snapshot_file") out.file = value;
    if (row[0] == "Binlog_snapshot_position") {
      std::from_chars(value.data(), value.data() + value.size(), out.offset);
    }
  }
  if (out.file.empty()) {
    return Error::permanent("the server writes no binlog; `leat check` says what to set");
  }
  LEAT_ASSIGN_OR_RETURN(auto gtids, client.query(fmt::format("SELECT binlog_gtid_pos({}, {})",
                                                             sql_literal(out.file), out.offset)));
  if (gtids.empty() || !gtids[0][0]) {
    return Error::transient(
        fmt::format("the server does not know the GTIDs of {}:{}", out.file, out.offset));
  }
  LEAT_ASSIGN_OR_RETURN(out.mariadb_gtids, MariadbGtids::parse(*gtids[0][0]));
  return out;
}

Status begin_on_mariadb(const ServerFacts& server, SnapshotSessions* out) {
  LEAT_RETURN_IF_ERROR(begin_all(out->clients));
  for (size_t i = 0; i < out->clients.size(); ++i) {
    LEAT_ASSIGN_OR_RETURN(Position at, mariadb_snapshot_position(*out->clients[i], server));
    if (i == 0 || is_before(at, out->from)) out->from = at;
    if (i == 0 || is_before(out->until, at)) out->until = at;
  }
  out->is_exact = out->from == out->until;
  return Ok();
}

Status begin_with_gtids(const ServerFacts& server, SnapshotSessions* out) {
  LEAT_ASSIGN_OR_RETURN(out->from, read_binlog_end(*out->clients.front(), server));
  LEAT_RETURN_IF_ERROR(begin_all(out->clients));
  LEAT_ASSIGN_OR_RETURN(out->until, read_binlog_end(*out->clients.front(), server));
  return Ok();
}

// Held for as long as it takes to begin a transaction on each connection.
Status begin_under_lock(const MysqlConfig& config, const ServerFacts& server,
                        const StopSignal* stop, SnapshotSessions* out) {
  LEAT_ASSIGN_OR_RETURN(auto locker, Client::open(config.connect, stop));
  Status locked = locker->execute("FLUSH TABLES WITH READ LOCK");
  if (!locked.ok()) {
    return locked.error().in(
        "without GTIDs the position of a snapshot needs a short lock (turn GTIDs on, or GRANT "
        "RELOAD)");
  }
  LEAT_RETURN_IF_ERROR(begin_all(out->clients));
  LEAT_ASSIGN_OR_RETURN(out->from, read_binlog_end(*locker, server));
  out->from.gtids = {};  // those of a time when they were on lead nowhere
  out->until = out->from;
  out->is_exact = true;
  return locker->execute("UNLOCK TABLES");
}

// Opening a table in a transaction keeps it from being altered until that ends.
Status lock_tables(Client& client, const std::vector<TableFacts>& tables) {
  for (const TableFacts& table : tables) {
    Status opened = client.execute("SELECT 1 FROM " + table.quoted_name() + " LIMIT 1");
    if (opened.ok()) continue;
    return Error::transient(fmt::format("{} was altered or dropped while the snapshot began: {}",
                                        table.full_name(), opened.error().message()));
  }
  return Ok();
}

}  // namespace

Result<SnapshotSessions> open_snapshot_sessions(const MysqlConfig& config,
                                                const ServerFacts& server,
                                                const std::vector<TableFacts>& tables, int count,
                                                const StopSignal* stop) {
  SnapshotSessions out;
  LEAT_ASSIGN_OR_RETURN(out.clients, open_clients(config, count, stop));
  if (server.flavour == Flavour::mariadb) {
    LEAT_RETURN_IF_ERROR(begin_on_mariadb(server, &out));
  } else if (server.has_gtids()) {
    LEAT_RETURN_IF_ERROR(begin_with_gtids(server, &out));
  } else {
    LEAT_RETURN_IF_ERROR(begin_under_lock(config, server, stop, &out));
  }
  LEAT_RETURN_IF_ERROR(lock_tables(*out.clients.front(), tables));
  return out;
}

}  // namespace leat::cdc::mysql

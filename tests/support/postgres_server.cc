#include "tests/support/postgres_server.h"

#include <libpq-fe.h>
#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace leat::test {
namespace {

using namespace std::chrono_literals;

const char* const kSettings[] = {
    "listen_addresses = '127.0.0.1'",
    "wal_level = logical",
    "max_wal_senders = 20",
    "max_replication_slots = 20",
    "fsync = off",
    "shared_buffers = 64MB",
    "max_connections = 60",
    "logging_collector = off",
    "timezone = 'UTC'",
    "lc_messages = 'C'",
    "autovacuum_naptime = 5s",
};

// Debian keeps the server's programs out of PATH.
std::string program(const std::string& name) {
  for (const char* version : {"15", "16", "17"}) {
    std::string path = std::string("/usr/lib/postgresql/") + version + "/bin/" + name;
    if (std::filesystem::exists(path)) return path;
  }
  return name;
}

std::string server_log_tail(const std::string& path) {
  std::ifstream file(path);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  return text.size() > 2000 ? text.substr(text.size() - 2000) : text;
}

}  // namespace

Result<std::unique_ptr<PostgresServer>> PostgresServer::start(const PostgresOptions& options) {
  std::unique_ptr<PostgresServer> server(new PostgresServer);
  LEAT_RETURN_IF_ERROR(server->init(options));
  LEAT_RETURN_IF_ERROR(server->start_again());
  return server;
}

Status PostgresServer::init(const PostgresOptions& options) {
  ::chmod(dir_.path().c_str(), 0777);  // the user postgres makes its directory in it
  port_ = free_port();
  auto made = run_to_end({.argv = {program("initdb"), "-D", dir_ / "data", "-U", "postgres", "-E",
                                   "UTF8", "--locale=C.UTF-8", "-A", "trust", "--no-sync"},
                          .environment = {},
                          .output_path = {},
                          .user = "postgres"});
  if (!made.ok()) return made.error();
  std::ofstream settings(dir_ / "data/postgresql.conf", std::ios::app);
  for (const char* line : kSettings) settings << line << "\n";
  settings << "port = " << port_ << "\nunix_socket_directories = '" << dir_.path() << "'\n";
  for (const std::string& line : options.settings) settings << line << "\n";
  std::ofstream access(dir_ / "data/pg_hba.conf");
  access << "local all all trust\nlocal replication all trust\n";
  for (const char* database : {"all", "replication"}) {
    access << "host " << database << " all 127.0.0.1/32 " << options.authentication << "\n";
  }
  return settings && access ? Status() : Status(Error::permanent("cannot write " + dir_.path()));
}

Status PostgresServer::start_again() {
  LEAT_ASSIGN_OR_RETURN(process_,
                        Process::start({.argv = {program("postgres"), "-D", dir_ / "data"},
                                        .environment = {},
                                        .output_path = dir_ / "log",
                                        .user = "postgres"}));
  std::string probe = "host=" + dir_.path() + " port=" + std::to_string(port_);
  for (auto deadline = std::chrono::steady_clock::now() + 180s;
       std::chrono::steady_clock::now() < deadline; std::this_thread::sleep_for(20ms)) {
    if (PQping(probe.c_str()) == PQPING_OK) return Ok{};
    if (!process_->running()) break;
  }
  return Error::permanent("the test's PostgreSQL does not start: " + server_log_tail(dir_ / "log"));
}

Status PostgresServer::stop(std::string_view mode) {
  process_->signal(mode == "immediate" ? SIGQUIT : SIGINT);
  if (!process_->wait(180s)) return Error::permanent("the test's PostgreSQL does not stop");
  return Ok{};
}

Status PostgresServer::restart(std::string_view mode) {
  LEAT_RETURN_IF_ERROR(stop(mode));
  return start_again();
}

PostgresServer::~PostgresServer() {
  if (!process_) return;
  process_->signal(SIGQUIT);  // its children go with it; a SIGKILL would leave them
  process_->wait(20s);
}

std::string PostgresServer::uri(std::string_view database, std::string_view user) const {
  return "postgresql://" + std::string(user) + "@127.0.0.1:" + std::to_string(port_) + "/" +
         std::string(database);
}

std::string PostgresServer::socket_uri() const {
  return "postgresql:///postgres?user=postgres&host=" + dir_.path() +
         "&port=" + std::to_string(port_);
}

struct PostgresClient::Connection {
  PGconn* handle;
  ~Connection() { PQfinish(handle); }
};

PostgresClient::PostgresClient() = default;
PostgresClient::~PostgresClient() = default;

namespace {

struct ResultFree {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ResultFree>;

std::string trimmed(const char* message) {
  std::string text = message == nullptr ? "" : message;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

Error result_error(PGconn* connection, const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (message == nullptr) return Error::transient(trimmed(PQerrorMessage(connection)));
  return Error::permanent(std::string(state == nullptr ? "" : state) + ": " + message);
}

std::vector<TextRow> text_rows(const PGresult* result) {
  std::vector<TextRow> rows(static_cast<size_t>(PQntuples(result)));
  for (int r = 0; r < PQntuples(result); ++r) {
    for (int c = 0; c < PQnfields(result); ++c) {
      TextRow& row = rows[static_cast<size_t>(r)];
      if (PQgetisnull(result, r, c))
        row.push_back(std::nullopt);
      else
        row.emplace_back(std::string(PQgetvalue(result, r, c), PQgetlength(result, r, c)));
    }
  }
  return rows;
}

}  // namespace

Result<std::unique_ptr<PostgresClient>> PostgresClient::connect(const std::string& uri) {
  std::unique_ptr<PostgresClient> client(new PostgresClient);
  client->connection_.reset(new Connection{PQconnectdb(uri.c_str())});
  PGconn* handle = client->connection_->handle;
  if (PQstatus(handle) != CONNECTION_OK) return Error::transient(trimmed(PQerrorMessage(handle)));
  PQsetNoticeProcessor(
      handle, [](void*, const char*) {}, nullptr);
  return client;
}

Result<std::vector<TextRow>> PostgresClient::query(const std::string& sql) {
  PGconn* handle = connection_->handle;
  ResultPtr result(PQexec(handle, sql.c_str()));
  ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY) return std::vector<TextRow>{};
  if (status != PGRES_TUPLES_OK) {
    const char* position = PQresultErrorField(result.get(), PG_DIAG_STATEMENT_POSITION);
    error_position_ = position == nullptr ? 0 : std::atoi(position);
    return result_error(handle, result.get());
  }
  description_ = {};
  for (int c = 0; c < PQnfields(result.get()); ++c) {
    description_.column_names.push_back(PQfname(result.get(), c));
    description_.column_oids.push_back(PQftype(result.get(), c));
  }
  return text_rows(result.get());
}

Status PostgresClient::execute(const std::string& sql) {
  auto rows = query(sql);
  return rows.ok() ? Status() : Status(rows.error());
}

Result<std::string> PostgresClient::value(const std::string& sql) {
  LEAT_ASSIGN_OR_RETURN(std::vector<TextRow> rows, query(sql));
  if (rows.empty() || rows[0].empty() || !rows[0][0]) return Error::permanent("no value: " + sql);
  return *rows[0][0];
}

Status PostgresClient::copy_in(const std::string& copy_sql, std::string_view data) {
  PGconn* handle = connection_->handle;
  ResultPtr begun(PQexec(handle, copy_sql.c_str()));
  if (PQresultStatus(begun.get()) != PGRES_COPY_IN) return result_error(handle, begun.get());
  constexpr size_t kPieceBytes = 1 << 20;
  for (; !data.empty(); data.remove_prefix(std::min(data.size(), kPieceBytes))) {
    int size = static_cast<int>(std::min(data.size(), kPieceBytes));
    if (PQputCopyData(handle, data.data(), size) != 1) break;
  }
  PQputCopyEnd(handle, nullptr);
  Status outcome;
  while (ResultPtr result{PQgetResult(handle)}) {
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
      outcome = result_error(handle, result.get());
  }
  return outcome;
}

}  // namespace leat::test

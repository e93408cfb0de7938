#include "tests/support/mysql_server.h"

#include <mysql.h>
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

const char* const kOptions[] = {
    "--bind-address=127.0.0.1",
    "--server-id=1",
    "--log-bin=binlog",
    "--binlog-format=ROW",
    "--binlog-row-metadata=FULL",
    "--binlog-row-image=FULL",
    "--sync-binlog=0",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-buffer-pool-size=64M",
    "--default-time-zone=+00:00",
};

// Whose processes they are where we are root, whom the servers refuse: any other that exists.
constexpr const char* kUser = "nobody";

std::string mysql_dir() {
  const char* dir = std::getenv("LEAT_MYSQL_DIR");
  return dir != nullptr ? dir : "/var/cache/leat/mysql";
}

// A server that starts removes every temporary table that lies in its tmpdir, those of a server
// beside it too: each has one of its own.
std::string tmpdir_option(const std::string& dir) {
  return "--tmpdir=" + dir;
}

// The server's program with the loader and libraries that it was unpacked with.
std::vector<std::string> program(MysqlKind kind) {
  if (kind == MysqlKind::mariadb) return {"/usr/sbin/mariadbd", "--no-defaults"};
  std::string dir = mysql_dir();
  std::string libraries = dir + "/usr/lib/x86_64-linux-gnu";
  return {libraries + "/ld-linux-x86-64.so.2",
          "--library-path",
          libraries,
          dir + "/usr/sbin/mysqld",
          "--no-defaults",
          "--basedir=" + dir + "/usr",
          "--secure-file-priv=NULL",
          "--mysqlx=OFF",
          "--gtid-mode=ON",
          "--enforce-gtid-consistency=ON"};
}

std::vector<std::string> install_command(MysqlKind kind, const std::string& data_dir,
                                         const std::string& tmpdir) {
  std::vector<std::string> command = {"mariadb-install-db", "--no-defaults", "--skip-test-db",
                                      "--auth-root-authentication-method=normal",
                                      "--skip-name-resolve"};
  if (kind == MysqlKind::mysql) {
    command = program(kind);
    command.push_back("--initialize-insecure");
  }
  command.insert(command.end(), {"--datadir=" + data_dir, tmpdir_option(tmpdir)});
  return command;
}

std::string tail_of(const std::string& path) {
  std::ifstream file(path);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  return text.size() > 2000 ? text.substr(text.size() - 2000) : text;
}

}  // namespace

const char* to_text(MysqlKind kind) {
  return kind == MysqlKind::mariadb ? "MariaDB" : "MySQL";
}

std::string MysqlServer::why_missing(MysqlKind kind) {
  bool mariadb = kind == MysqlKind::mariadb;
  std::string path = mariadb ? program(kind)[0] : mysql_dir() + "/usr/sbin/mysqld";
  if (std::filesystem::exists(path)) return "";
  return std::string("there is no ") + to_text(kind) + " server (" + path + "); " +
         (mariadb ? "./dev setup" : "tests/support/fetch_mysql.sh") + " gets one";
}

Result<std::unique_ptr<MysqlServer>> MysqlServer::start(const MysqlOptions& options) {
  std::string missing = why_missing(options.kind);
  if (!missing.empty()) return Error::permanent(missing);
  std::unique_ptr<MysqlServer> server(new MysqlServer(options));
  LEAT_RETURN_IF_ERROR(server->init());
  LEAT_RETURN_IF_ERROR(server->start_again());
  return server;
}

Status MysqlServer::init() {
  ::chmod(dir_.path().c_str(), 0777);  // another user makes its directory in it
  port_ = free_port();
  auto made = run_to_end({.argv = install_command(options_.kind, data_dir(), dir_.path()),
                          .environment = {},
                          .output_path = {},
                          .user = kUser});
  return made.ok() ? Status() : Status(made.error());
}

Status MysqlServer::start_again() {
  std::vector<std::string> argv = program(options_.kind);
  argv.insert(argv.end(), std::begin(kOptions), std::end(kOptions));
  argv.insert(argv.end(), {"--datadir=" + data_dir(), tmpdir_option(dir_.path()),
                           "--port=" + std::to_string(port_), "--socket=" + dir_ / "socket",
                           "--pid-file=" + dir_ / "pid"});
  argv.insert(argv.end(), options_.options.begin(), options_.options.end());
  LEAT_ASSIGN_OR_RETURN(
      process_, Process::start(
                    {.argv = argv, .environment = {}, .output_path = dir_ / "log", .user = kUser}));
  for (auto deadline = std::chrono::steady_clock::now() + 180s;
       std::chrono::steady_clock::now() < deadline; std::this_thread::sleep_for(20ms)) {
    if (MysqlClient::connect(port_).ok()) return Ok{};
    if (!process_->running()) break;
  }
  return Error::permanent(std::string("the test's ") + to_text(options_.kind) +
                          " does not start: " + tail_of(dir_ / "log"));
}

Status MysqlServer::stop(bool killed) {
  process_->signal(killed ? SIGKILL : SIGTERM);
  if (!process_->wait(180s)) return Error::permanent("the test's server does not stop");
  return Ok{};
}

MysqlServer::~MysqlServer() = default;  // the process is killed: its data goes with it

struct MysqlClient::Connection {
  MYSQL* handle = mysql_init(nullptr);
  ~Connection() { mysql_close(handle); }
};

MysqlClient::MysqlClient() = default;
MysqlClient::~MysqlClient() = default;

namespace {

Error client_error(MYSQL* handle) {
  return Error::permanent(std::to_string(mysql_errno(handle)) + ": " + mysql_error(handle));
}

std::vector<TextRow> take_rows(MYSQL* handle) {
  std::vector<TextRow> rows;
  MYSQL_RES* result = mysql_store_result(handle);
  if (result == nullptr) return rows;
  while (MYSQL_ROW values = mysql_fetch_row(result)) {
    const unsigned long* sizes = mysql_fetch_lengths(result);
    TextRow& row = rows.emplace_back();
    for (unsigned i = 0; i < mysql_num_fields(result); ++i) {
      if (values[i] == nullptr)
        row.push_back(std::nullopt);
      else
        row.emplace_back(std::string(values[i], sizes[i]));
    }
  }
  mysql_free_result(result);
  return rows;
}

}  // namespace

Result<std::unique_ptr<MysqlClient>> MysqlClient::connect(int port, const std::string& database) {
  std::unique_ptr<MysqlClient> client(new MysqlClient);
  client->connection_ = std::make_unique<Connection>();
  MYSQL* handle = client->connection_->handle;
  mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  if (mysql_real_connect(handle, "127.0.0.1", "root", "",
                         database.empty() ? nullptr : database.c_str(), static_cast<unsigned>(port),
                         nullptr, CLIENT_MULTI_STATEMENTS) == nullptr) {
    return client_error(handle);
  }
  return client;
}

Result<std::vector<TextRow>> MysqlClient::query(const std::string& sql) {
  MYSQL* handle = connection_->handle;
  if (mysql_real_query(handle, sql.data(), sql.size()) != 0) return client_error(handle);
  for (;;) {
    std::vector<TextRow> rows = take_rows(handle);
    if (mysql_errno(handle) != 0) return client_error(handle);
    int more = mysql_next_result(handle);
    if (more > 0) return client_error(handle);
    if (more < 0) return rows;
  }
}

Status MysqlClient::execute(const std::string& sql) {
  auto rows = query(sql);
  return rows.ok() ? Status() : Status(rows.error());
}

Result<std::string> MysqlClient::value(const std::string& sql) {
  LEAT_ASSIGN_OR_RETURN(std::vector<TextRow> rows, query(sql));
  if (rows.empty() || rows[0].empty() || !rows[0][0]) return Error::permanent("no value: " + sql);
  return *rows[0][0];
}

}  // namespace leat::test

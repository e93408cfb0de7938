#include "cdc/mysql/client.h"

#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/statement.h>
#include <mysql_connection.h>
#include <mysql_driver.h>
#include <spdlog/fmt/fmt.h>

#include <charconv>
#include <mutex>

#include "cdc/mysql/server_error.h"

namespace leat::cdc::mysql {
namespace {

struct ServerVersion {
  Flavour flavour = Flavour::mysql;
  std::string text;
  uint32_t number = 0;
};

// "10.11.19-MariaDB-log", "9.7.0-debian".
ServerVersion parse_version(std::string_view text) {
  ServerVersion out;
  if (text.find("MariaDB") != std::string_view::npos) out.flavour = Flavour::mariadb;
  out.text = text.substr(0, text.find('-'));
  const char* at = out.text.data();
  const char* end = at + out.text.size();
  for (uint32_t weight : {10'000U, 100U, 1U}) {
    uint32_t part = 0;
    at = std::from_chars(at, end, part).ptr;
    out.number += part * weight;
    if (at != end) ++at;
  }
  return out;
}

sql::ConnectOptionsMap connect_options(const ConnectOptions& options) {
  auto seconds = static_cast<int>(Client::kAnswerTimeout.count());
  sql::ConnectOptionsMap out;
  out["hostName"] = fmt::format("tcp://{}", options.host);
  out["port"] = static_cast<int>(options.port);
  out["userName"] = options.user;
  out["password"] = options.password;
  out["OPT_CONNECT_TIMEOUT"] = static_cast<int>(options.timeout.count());
  out["OPT_READ_TIMEOUT"] = seconds;
  out["OPT_WRITE_TIMEOUT"] = seconds;
  out["OPT_CHARSET_NAME"] = "utf8mb4";
  if (options.tls == TlsMode::verified) {
    out["sslEnforce"] = true;
    out["sslVerify"] = true;
    if (!options.tls_ca_file.empty()) out["sslCA"] = options.tls_ca_file;
  }
  return out;
}

Error error_of(const sql::SQLException& exception) {
  return server_error(static_cast<uint32_t>(exception.getErrorCode()), exception.what());
}

// Runs CALL, which may throw what the library throws.
template <class Call>
auto guarded(const Call& call) -> decltype(call()) {
  try {
    return call();
  } catch (const sql::SQLException& exception) {
    return error_of(exception);
  } catch (const std::exception& exception) {
    return Error::permanent(fmt::format("the client library: {}", exception.what()));
  }
}

// Initializes the library at its first use, which is not safe from several threads.
sql::mysql::MySQL_Driver* driver() {
  static std::mutex mutex;
  std::lock_guard lock(mutex);
  return sql::mysql::get_mysql_driver_instance();
}

using ResultSet = std::unique_ptr<sql::ResultSet>;

}  // namespace

struct Client::Impl {
  std::unique_ptr<sql::Connection> connection;
  std::unique_ptr<sql::Statement> statement;
  ConnectOptions options;
  const StopSignal* stop = nullptr;
  ServerVersion version;
  std::string id;  // the server's, of the connection
  std::string where;

  Status run(const std::string& sql, const RowVisitor& row);
  Status visit_rows(sql::ResultSet& rows, const RowVisitor& row) const;
  Status run_once(const std::string& sql, const RowVisitor& row);
  Status how_it_ended();
  void forget_errors();
  void cancel() const;
};

// The library reads the rest of a result before it lets go of it, however long that is. So the
// server is asked, through another connection, to send no more; that a user may always do to their
// own. Where it fails the rest is read.
void Client::Impl::cancel() const {
  Status ignored = guarded([&]() -> Status {
    sql::ConnectOptionsMap map = connect_options(options);
    std::unique_ptr<sql::Connection> other(driver()->connect(map));
    std::unique_ptr<sql::Statement> kill(other->createStatement());
    kill->execute("KILL QUERY " + id);
    return Ok();
  });
  (void)ignored;
}

// The values stay in STRINGS, whose memory is used again for the next row.
Status Client::Impl::visit_rows(sql::ResultSet& rows, const RowVisitor& row) const {
  uint32_t columns = rows.getMetaData()->getColumnCount();
  std::vector<sql::SQLString> strings(columns);
  std::vector<std::optional<std::string_view>> values(columns);
  while (rows.next()) {
    if (stop->raised()) return Error::transient("stopping");
    for (uint32_t i = 0; i < columns; ++i) {
      strings[i] = rows.getString(i + 1);
      values[i].reset();
      if (!rows.wasNull()) values[i] = static_cast<const std::string&>(strings[i]);
    }
    LEAT_RETURN_IF_ERROR(row(values));
  }
  return Ok();
}

Status Client::Impl::run(const std::string& sql, const RowVisitor& row) {
  Status done = run_once(sql, row);
  if (!done.ok()) forget_errors();
  return done;
}

Status Client::Impl::run_once(const std::string& sql, const RowVisitor& row) {
  return guarded([&]() -> Status {
    if (stop->raised()) return Error::transient("stopping");
    if (!statement->execute(sql)) return Ok();
    ResultSet rows(statement->getResultSet());
    if (rows == nullptr) return Ok();
    Status visited = visit_rows(*rows, row);
    if (!visited.ok()) cancel();
    rows.reset();  // reads what is left
    return visited.ok() ? how_it_ended() : visited;
  });
}

// To the library an error behind the first row is the end of the rows: a result that was cut short
// (a killed query, a table altered behind a snapshot, a lost connection) looks whole. The server
// remembers its last statement's errors; and where there is no server any more, asking it fails.
Status Client::Impl::how_it_ended() {
  if (!statement->execute("SHOW ERRORS")) return Ok();
  ResultSet errors(statement->getResultSet());
  if (errors == nullptr || !errors->next()) return Ok();
  const sql::SQLString message = errors->getString("Message");
  return server_error(errors->getUInt("Code"), static_cast<const std::string&>(message));
}

// MariaDB remembers them until a statement that reads a table.
void Client::Impl::forget_errors() {
  Status ignored = guarded([&]() -> Status {
    if (!statement->execute("SELECT 1 FROM information_schema.engines LIMIT 1")) return Ok();
    ResultSet rows(statement->getResultSet());
    return Ok();
  });
  (void)ignored;
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::open(const ConnectOptions& options,
                                             const StopSignal* stop) {
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  impl->stop = stop;
  impl->where = fmt::format("{}:{}", options.host, options.port);
  Status connected = guarded([&]() -> Status {
    sql::ConnectOptionsMap map = connect_options(options);
    impl->connection.reset(driver()->connect(map));
    impl->statement.reset(impl->connection->createStatement());
    impl->statement->setResultSetType(sql::ResultSet::TYPE_FORWARD_ONLY);
    return Ok();
  });
  if (!connected.ok()) return connected.error().in("cannot connect to " + impl->where);
  std::unique_ptr<Client> client(new Client(std::move(impl)));
  LEAT_RETURN_IF_ERROR(client->prepare_session());
  return client;
}

Status Client::prepare_session() {
  // A limit that the server gives every session would cut short what is read, without a word.
  LEAT_RETURN_IF_ERROR(execute("SET sql_select_limit = 18446744073709551615"));
  LEAT_ASSIGN_OR_RETURN(auto rows, query("SELECT version(), connection_id(), @@max_error_count"));
  if (rows.empty()) return Error::permanent("the server does not say its version");
  impl_->version = parse_version(rows[0][0].value_or(""));
  impl_->id = rows[0][1].value_or("0");
  if (rows[0][2] == "0") {  // see how_it_ended()
    return Error::permanent(
        "max_error_count is 0: the server forgets how a query ended. SET GLOBAL max_error_count = "
        "64");
  }
  // 0: without a limit.
  LEAT_RETURN_IF_ERROR(execute(flavour() == Flavour::mariadb ? "SET max_statement_time = 0"
                                                             : "SET max_execution_time = 0"));
  // A reader that waits for room in the log must not be thrown out meanwhile. An empty mode: CHAR
  // comes without the blanks behind it, as it is logged, and a backslash escapes. Names stand in
  // quotes.
  return execute(
      "SET time_zone = '+00:00', sql_mode = '', sql_quote_show_create = 1, "
      "character_set_results = NULL, "
      "net_write_timeout = 3600, wait_timeout = 86400, lock_wait_timeout = 10");
}

Flavour Client::flavour() const {
  return impl_->version.flavour;
}
const std::string& Client::version() const {
  return impl_->version.text;
}
uint32_t Client::version_number() const {
  return impl_->version.number;
}
std::string Client::server() const {
  bool mariadb = flavour() == Flavour::mariadb;
  return fmt::format("{} {} at {}", mariadb ? "MariaDB" : "MySQL", version(), impl_->where);
}

Result<std::vector<TextRow>> Client::query(const std::string& sql) {
  std::vector<TextRow> out;
  LEAT_RETURN_IF_ERROR(stream(sql, [&](Values values) {
    out.emplace_back(values.begin(), values.end());
    return Ok();
  }));
  return out;
}

Status Client::execute(const std::string& sql) {
  return stream(sql, [](Values) { return Ok(); });
}

Status Client::stream(const std::string& sql, const RowVisitor& row) {
  return impl_->run(sql, row);
}

}  // namespace leat::cdc::mysql

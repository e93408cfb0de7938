#include "cdc/postgres/connection.h"

#include <libpq-fe.h>
#include <poll.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cdc/postgres/connect_error.h"
#include "cdc/postgres/sqlstate.h"
#include "cdc/postgres/time.h"
#include "log/base/bytes.h"
#include "log/base/clock.h"
#include "log/base/fs.h"

namespace leat::cdc {
namespace {

using std::chrono::milliseconds;

struct PgResultDeleter {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PgResult = std::unique_ptr<PGresult, PgResultDeleter>;

struct ConninfoDeleter {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Conninfo = std::unique_ptr<PQconninfoOption, ConninfoDeleter>;

// On one line.
std::string trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) {
    text.remove_suffix(1);
  }
  std::string out(text);
  std::replace(out.begin(), out.end(), '\n', ' ');
  out.erase(std::remove(out.begin(), out.end(), '\t'), out.end());
  return out;
}

Error error_of_kind(ErrorKind kind, std::string message) {
  return kind == ErrorKind::transient ? Error::transient(std::move(message))
                                      : Error::permanent(std::move(message));
}

Error stopping() {
  return Error::transient("stopping");
}

// A parameter of a connection.
struct Setting {
  std::string keyword;
  std::string value;
};

Result<std::string> read_password(const std::string& path) {
  LEAT_ASSIGN_OR_RETURN(std::string text, read_file(Fs::posix(), path, 64 << 10));
  return text.substr(0, text.find_first_of("\r\n"));
}

Result<std::vector<Setting>> parse_uri(const std::string& uri) {
  char* message = nullptr;
  Conninfo parsed(PQconninfoParse(uri.c_str(), &message));
  std::string why = message == nullptr ? "" : describe_bad_uri(message);
  PQfreemem(message);
  if (parsed == nullptr) return Error::permanent("is no address that can be read: " + why);
  std::vector<Setting> settings;
  for (const PQconninfoOption* o = parsed.get(); o->keyword != nullptr; ++o) {
    if (o->val != nullptr) settings.push_back({o->keyword, o->val});
  }
  return settings;
}

Result<std::vector<Setting>> settings_of(const ConnectOptions& options) {
  LEAT_ASSIGN_OR_RETURN(auto settings, parse_uri(options.uri));
  if (!options.password_file.empty()) {
    LEAT_ASSIGN_OR_RETURN(std::string password, read_password(options.password_file));
    settings.push_back({"password", std::move(password)});
  }
  if (options.replication) settings.push_back({"replication", "database"});
  settings.push_back({"client_encoding", "UTF8"});
  settings.push_back({"fallback_application_name", "leat"});
  return settings;
}

}  // namespace

struct Connection::Impl {
  PGconn* pg = nullptr;
  const StopSignal* stop = nullptr;
  char* copy_buffer = nullptr;  // what the last message views
  std::string where;            // for messages before and after the connection

  ~Impl() {
    PQfreemem(copy_buffer);
    PQfinish(pg);
  }

  // Waits for EVENTS on the socket. False on timeout.
  Result<bool> wait(short events, milliseconds timeout) const {
    pollfd fds[2] = {{PQsocket(pg), events, 0}, {stop->fd(), POLLIN, 0}};
    int ready = poll(fds, 2, static_cast<int>(timeout.count()));
    if (ready < 0 && errno != EINTR) {
      return Error::transient(fmt::format("poll: {}", std::strerror(errno)));
    }
    if (stop->raised()) return stopping();
    return ready > 0;
  }

  Error connection_error() const {
    std::string message = trimmed(PQerrorMessage(pg));
    auto state = find_sqlstate(message);
    ErrorKind kind = state ? classify_sqlstate(*state) : ErrorKind::transient;
    // The verbose form ends in lines on the server's source code.
    std::string first = message.substr(0, message.find(" LOCATION:"));
    return error_of_kind(kind, first.empty() ? "the connection was lost" : first);
  }

  Error result_error(const PGresult* result) const {
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state == nullptr) return connection_error();
    const char* text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char* hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
    std::string message = fmt::format("the server says: {} ({})", text, state);
    if (hint != nullptr) message += fmt::format(". {}", hint);
    if (std::string_view(state) == "55P03") {
      message += ": another session has the table locked (pg_locks shows which)";
    }
    return error_of_kind(classify_sqlstate(state), std::move(message));
  }

  Error connect_error() const {
    return describe_connect_failure(PQerrorMessage(pg), PQconnectionNeedsPassword(pg) != 0);
  }

  Status finish_connecting(milliseconds timeout) const;
  // Waits for a whole result. Null: there is none left.
  Result<PgResult> next_result() const;
  Status send(const std::string& sql) const;
  Status flush() const;
};

Status Connection::Impl::finish_connecting(milliseconds timeout) const {
  auto deadline = Clock::system().monotonic() + timeout;
  short events = POLLOUT;
  while (true) {
    auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::system().monotonic());
    if (left.count() <= 0) {
      return Error::transient(
          fmt::format("no answer in {} s. Is the address right, and does every firewall on the way "
                      "let it through?",
                      timeout.count() / 1000));
    }
    LEAT_ASSIGN_OR_RETURN(bool ready, wait(events, left));
    if (!ready) continue;
    switch (PQconnectPoll(pg)) {
      case PGRES_POLLING_OK:
        return Ok();
      case PGRES_POLLING_FAILED:
        return connect_error();
      case PGRES_POLLING_READING:
        events = POLLIN;
        break;
      default:
        events = POLLOUT;
    }
  }
}

Status Connection::Impl::flush() const {
  while (true) {
    int left = PQflush(pg);
    if (left < 0) return connection_error();
    if (left == 0) return Ok();
    LEAT_ASSIGN_OR_RETURN(bool ready, wait(POLLIN | POLLOUT, milliseconds(1000)));
    if (ready && PQconsumeInput(pg) == 0) return connection_error();
  }
}

Status Connection::Impl::send(const std::string& sql) const {
  if (PQsendQuery(pg, sql.c_str()) == 0) return connection_error();
  return flush();
}

Result<PgResult> Connection::Impl::next_result() const {
  while (PQisBusy(pg) != 0) {
    LEAT_ASSIGN_OR_RETURN(bool ready, wait(POLLIN, milliseconds(1000)));
    if (ready && PQconsumeInput(pg) == 0) return connection_error();
  }
  return PgResult(PQgetResult(pg));
}

Status check_uri(const std::string& uri) {
  auto parsed = parse_uri(uri);
  return parsed.ok() ? Status() : Status(parsed.error());
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const ConnectOptions& options,
                                                     const StopSignal* stop) {
  LEAT_ASSIGN_OR_RETURN(auto settings, settings_of(options));
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const Setting& setting : settings) {
    keywords.push_back(setting.keyword.c_str());
    values.push_back(setting.value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);

  auto impl = std::make_unique<Impl>();
  impl->stop = stop;
  impl->pg = PQconnectStartParams(keywords.data(), values.data(), 0);
  if (impl->pg == nullptr) return Error::transient("out of memory");
  impl->where = fmt::format("{}:{}/{}", PQhost(impl->pg), PQport(impl->pg), PQdb(impl->pg));
  if (PQstatus(impl->pg) == CONNECTION_BAD) {
    return impl->connect_error().in("cannot connect to " + impl->where);
  }
  PQsetErrorVerbosity(impl->pg, PQERRORS_VERBOSE);
  PQsetNoticeProcessor(
      impl->pg, [](void*, const char*) {}, nullptr);
  if (auto done = impl->finish_connecting(options.timeout); !done.ok()) {
    return done.error().in("cannot connect to " + impl->where);
  }
  impl->where = fmt::format("{}:{}/{}", PQhost(impl->pg), PQport(impl->pg), PQdb(impl->pg));
  if (PQsetnonblocking(impl->pg, 1) != 0) return impl->connection_error();
  std::unique_ptr<Connection> connection(new Connection(std::move(impl)));
  LEAT_RETURN_IF_ERROR(connection->prepare_session(options.replication));
  return connection;
}

// The server's or the role's own limits must not end a session that waits on purpose, nor may its
// search path give our queries another meaning. Nobody waits long for a lock: who has it may be
// waiting for us. Only a walsender waits as long as it takes, for the open transactions when it
// makes a slot.
Status Connection::prepare_session(bool replication) {
  constexpr int kOldestVersion = 140000;
  if (server_version() < kOldestVersion) {
    return Error::permanent(server() + ": version 14 is the oldest that Leat can read from");
  }
  // A database without an encoding holds any bytes; converting them would be an error of the whole
  // stream, and not of the one table that they are in.
  const char* encoding = PQparameterStatus(impl_->pg, "server_encoding");
  if (encoding != nullptr && std::string_view(encoding) == "SQL_ASCII") {
    LEAT_RETURN_IF_ERROR(execute("SET client_encoding = 'SQL_ASCII'"));
  }
  return execute(
      fmt::format("SELECT set_config('statement_timeout', '0', false),"
                  " set_config('lock_timeout', '{}', false),"
                  " set_config('idle_in_transaction_session_timeout', '0', false),"
                  " set_config('idle_session_timeout', '0', false),"
                  " set_config('default_transaction_read_only', 'off', false),"
                  " set_config('search_path', '', false)",
                  replication ? "0" : "5s"));
}

std::string Connection::address() const {
  return impl_->where;
}

int Connection::server_version() const {
  return PQserverVersion(impl_->pg);
}

std::string Connection::server() const {
  int version = server_version();
  return fmt::format("PostgreSQL {}.{} at {}", version / 10000, version % 10000, impl_->where);
}

Result<std::vector<TextRow>> Connection::query(const std::string& sql) {
  LEAT_RETURN_IF_ERROR(impl_->send(sql));
  std::vector<TextRow> rows;
  std::optional<Error> error;
  while (true) {
    LEAT_ASSIGN_OR_RETURN(PgResult result, impl_->next_result());
    if (result == nullptr) break;
    ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
      error = impl_->result_error(result.get());
      continue;
    }
    rows.clear();
    for (int r = 0; r < PQntuples(result.get()); ++r) {
      TextRow row;
      for (int c = 0; c < PQnfields(result.get()); ++c) {
        if (PQgetisnull(result.get(), r, c) != 0)
          row.emplace_back();
        else
          row.emplace_back(PQgetvalue(result.get(), r, c));
      }
      rows.push_back(std::move(row));
    }
  }
  if (error) return *error;
  return rows;
}

Status Connection::execute(const std::string& sql) {
  auto rows = query(sql);
  if (!rows.ok()) return rows.error();
  return Ok();
}

Status Connection::copy_out(const std::string& sql, const CopyRow& row) {
  LEAT_RETURN_IF_ERROR(impl_->send(sql));
  LEAT_ASSIGN_OR_RETURN(PgResult started, impl_->next_result());
  if (PQresultStatus(started.get()) != PGRES_COPY_OUT) return impl_->result_error(started.get());
  while (true) {
    char* buffer = nullptr;
    int size = PQgetCopyData(impl_->pg, &buffer, 1);
    if (size > 0) {
      Status taken = row({buffer, static_cast<size_t>(size)});
      PQfreemem(buffer);
      LEAT_RETURN_IF_ERROR(taken);
    } else if (size == 0) {
      LEAT_ASSIGN_OR_RETURN(bool ready, impl_->wait(POLLIN, milliseconds(1000)));
      if (ready && PQconsumeInput(impl_->pg) == 0) return impl_->connection_error();
    } else {
      break;
    }
  }
  Status outcome = Ok();
  while (true) {
    LEAT_ASSIGN_OR_RETURN(PgResult result, impl_->next_result());
    if (result == nullptr) return outcome;
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
      outcome = impl_->result_error(result.get());
  }
}

Status Connection::start_replication(const std::string& command) {
  LEAT_RETURN_IF_ERROR(impl_->send(command));
  LEAT_ASSIGN_OR_RETURN(PgResult result, impl_->next_result());
  if (PQresultStatus(result.get()) == PGRES_COPY_BOTH) return Ok();
  return impl_->result_error(result.get());
}

Result<std::optional<StreamMessage>> Connection::next_message() {
  PQfreemem(impl_->copy_buffer);
  impl_->copy_buffer = nullptr;
  int size = PQgetCopyData(impl_->pg, &impl_->copy_buffer, 1);
  if (size == 0) {
    if (PQconsumeInput(impl_->pg) == 0) return impl_->connection_error();
    size = PQgetCopyData(impl_->pg, &impl_->copy_buffer, 1);
  }
  if (size == 0) return std::optional<StreamMessage>();
  if (size < 0) {
    PgResult result(PQgetResult(impl_->pg));
    if (result == nullptr || PQresultStatus(result.get()) == PGRES_COMMAND_OK) {
      return Error::transient("the server ended the replication stream");
    }
    return impl_->result_error(result.get());
  }
  LEAT_ASSIGN_OR_RETURN(StreamMessage message,
                        decode_stream_message({impl_->copy_buffer, static_cast<size_t>(size)}));
  return std::optional<StreamMessage>(message);
}

Status Connection::wait_message(milliseconds timeout) {
  pollfd fds[2] = {{PQsocket(impl_->pg), POLLIN, 0}, {impl_->stop->fd(), POLLIN, 0}};
  if (poll(fds, 2, static_cast<int>(timeout.count())) < 0 && errno != EINTR) {
    return Error::transient(fmt::format("poll: {}", std::strerror(errno)));
  }
  return Ok();
}

Status Connection::send_standby_status(Lsn durable, bool ask) {
  std::string message = "r";
  for (int i = 0; i < 3; ++i) append_be(&message, durable.value());  // written, flushed, applied
  append_be(&message, postgres_us_of_unix(Clock::system().unix_us()));
  message.push_back(ask ? 1 : 0);
  if (PQputCopyData(impl_->pg, message.data(), static_cast<int>(message.size())) != 1) {
    return impl_->connection_error();
  }
  if (PQflush(impl_->pg) < 0) return impl_->connection_error();
  return Ok();
}

}  // namespace leat::cdc

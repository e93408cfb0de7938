#include "views/serve/pg_session.h"

#include <spdlog/fmt/fmt.h>

#include "views/serve/client_text.h"
#include "views/serve/result_sink.h"

namespace leat::views::serve {
namespace {

using sql::SqlError;
using sql::SqlResult;

constexpr uint16_t kProtocolMajor = 3;
constexpr uint16_t kProtocolMinor = 0;

pg::TransactionStatus status_of(StatementExecutor::TransactionState state) {
  switch (state) {
    case StatementExecutor::TransactionState::idle:
      return pg::TransactionStatus::idle;
    case StatementExecutor::TransactionState::open:
      return pg::TransactionStatus::in_transaction;
    case StatementExecutor::TransactionState::failed:
      break;
  }
  return pg::TransactionStatus::failed;
}

// The character, counted from 1, that byte OFFSET of TEXT belongs to.
int character_of(std::string_view text, size_t offset) {
  int count = 1;
  for (char c : text.substr(0, offset)) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++count;
  }
  return count;
}

}  // namespace

PgSession::PgSession(SessionContext context, SessionLimits limits, OutputBuffer::Write write)
    : context_(std::move(context)),
      limits_(limits),
      output_(std::move(write)),
      executor_(*context_.service, *context_.clock, limits.executor, [this] {
        return cancelled_ || (context_.client_gone != nullptr && context_.client_gone());
      }) {}

bool PgSession::receive(std::string_view bytes) {
  input_.append(bytes);
  std::string_view rest = input_;
  while (phase_ != Phase::closed && take_one(&rest)) {
  }
  input_.erase(0, input_.size() - rest.size());
  output_.flush();
  return phase_ != Phase::closed && !output_.failed();
}

bool PgSession::take_one(std::string_view* bytes) {
  if (phase_ == Phase::startup) return take_startup(bytes);
  // Who has not proved a password yet has no business with long messages.
  size_t bytes_max = phase_ == Phase::ready ? limits_.message_bytes_max : 8'192;
  auto message = pg::take_message(bytes, bytes_max);
  if (!message.ok()) {
    fatal("08P01", message.error().message());
    return false;
  }
  if (!message->has_value()) return false;
  if (phase_ == Phase::ready) {
    handle(**message);
  } else if (auto* answer = std::get_if<pg::Authentication>(&**message)) {
    authenticate(*answer);
  } else {
    fatal("08P01", "expected a password message");
  }
  return true;
}

bool PgSession::take_startup(std::string_view* bytes) {
  auto packet = pg::take_startup_packet(bytes);
  if (!packet.ok()) {
    fatal("08P01", packet.error().message());
    return false;
  }
  if (!packet->has_value()) return false;
  if (auto* startup = std::get_if<pg::Startup>(&**packet)) {
    start(*startup);
  } else if (auto* cancel = std::get_if<pg::CancelRequest>(&**packet)) {
    context_.cancel(cancel->process_id, cancel->secret);
    phase_ = Phase::closed;
  } else {
    *out() += pg::kSslRefused;
  }
  return true;
}

void PgSession::start(const pg::Startup& startup) {
  if (startup.major != kProtocolMajor) {
    fatal("0A000", fmt::format("unsupported frontend protocol {}.{}: server supports 3.0",
                               startup.major, startup.minor));
    return;
  }
  if (context_.refused) return fatal("53300", "sorry, too many clients already");
  if (startup.minor > kProtocolMinor) pg::append_negotiate_version(kProtocolMinor, out());
  for (const auto& [name, value] : startup.parameters) {
    if (name == "replication" && value != "false" && value != "off") {
      fatal("0A000", "replication connections are not supported");
      return;
    }
    // What the client would like (its time zone, say) and cannot have, it is told by the reports.
    static_cast<void>(executor_.settings().set(name, std::string(value)));
  }
  if (context_.authenticator == nullptr) return become_ready();
  phase_ = Phase::authenticating;
  pg::append_sasl_request(context_.authenticator->mechanism(), out());
}

void PgSession::authenticate(const pg::Authentication& message) {
  auto answer = context_.authenticator->step(message.body, first_sasl_message_);
  first_sasl_message_ = false;
  if (!answer.ok()) return fatal("28P01", answer.error().message());
  if (!answer->done) return pg::append_sasl_continue(answer->data, out());
  pg::append_sasl_final(answer->data, out());
  become_ready();
}

void PgSession::become_ready() {
  phase_ = Phase::ready;
  pg::append_authentication_ok(out());
  report_settings();
  pg::append_backend_key(context_.process_id, context_.secret, out());
  append_ready();
}

void PgSession::handle(const pg::FrontendMessage& message) {
  bool recovers =
      std::holds_alternative<pg::Sync>(message) || std::holds_alternative<pg::Terminate>(message);
  if (skipping_ && !recovers) return;
  std::visit([this](const auto& one) { on(one); }, message);
}

void PgSession::on(const pg::Query& message) {
  portals_.erase("");
  statements_.erase("");
  if (auto valid = check_text(message.text); !valid.ok()) {
    fail(valid.error());
    return append_ready();
  }
  auto pieces = split_statements(message.text);
  bool any = false;
  for (std::string_view piece : pieces) {
    auto command = parse_session_command(piece);
    if (command.ok() && std::holds_alternative<EmptyCommand>(*command)) continue;
    any = true;
    if (!run_simple(message.text, piece)) break;
  }
  if (!any) pg::append_empty_query(out());
  append_ready();
}

bool PgSession::run_simple(std::string_view text, std::string_view piece) {
  auto offset = static_cast<size_t>(piece.data() - text.data());
  auto failed = [&](const SqlError& error) {
    fail(error, text, offset);
    return false;
  };
  auto statement = executor_.parse(piece, {});
  if (!statement.ok()) return failed(statement.error());
  if (!statement->shape.parameter_types.empty()) {
    return failed({"there is no parameter $1", "42P02", "", -1});
  }
  auto query = executor_.bind(*statement, {});
  if (!query.ok()) return failed(query.error());
  std::vector<pg::Format> formats;
  ResultSink sink(output_, formats, true);
  auto tag = run(*statement, query->get(), sink);
  if (!tag.ok()) return failed(tag.error());
  report_settings();
  pg::append_command_complete(sink.complete_tag(*tag), out());
  return true;
}

SqlResult<std::string> PgSession::run(const Statement& statement, const BoundQuery* query,
                                      ResultSink& sink) {
  cancelled_ = false;  // a cancel that came between two statements was meant for the one before
  LEAT_RETURN_IF_ERROR(forget(statement));
  return executor_.run(statement, query, sink);
}

// DEALLOCATE and DISCARD ALL.
SqlResult<void> PgSession::forget(const Statement& statement) {
  if (std::holds_alternative<DiscardAllCommand>(statement.command)) statements_.clear();
  auto* deallocate = std::get_if<DeallocateCommand>(&statement.command);
  if (deallocate == nullptr) return Ok{};
  if (!deallocate->statement) {
    statements_.clear();
  } else if (statements_.erase(*deallocate->statement) == 0) {
    return SqlError{"prepared statement \"" + *deallocate->statement + "\" does not exist", "26000",
                    "", -1};
  }
  return Ok{};
}

void PgSession::on(const pg::Parse& message) {
  fail_extended(parse(message), message.text);
}
void PgSession::on(const pg::Bind& message) {
  fail_extended(bind(message));
}
void PgSession::on(const pg::Describe& message) {
  fail_extended(describe(message));
}
void PgSession::on(const pg::Execute& message) {
  fail_extended(execute(message));
}

void PgSession::on(const pg::Close& message) {
  // Closing what does not exist is no error.
  if (message.target == pg::Target::statement) {
    if (auto found = statements_.find(message.name); found != statements_.end()) {
      statements_.erase(found);
    }
  } else if (auto found = portals_.find(message.name); found != portals_.end()) {
    portals_.erase(found);
  }
  pg::append_close_complete(out());
}

void PgSession::on(const pg::Sync&) {
  skipping_ = false;
  // Outside of BEGIN each Sync ends a transaction, and portals end with theirs.
  if (executor_.transaction() == StatementExecutor::TransactionState::idle) portals_.clear();
  append_ready();
}

void PgSession::on(const pg::Flush&) {
  output_.flush();
}
void PgSession::on(const pg::Terminate&) {
  phase_ = Phase::closed;
}
void PgSession::on(const pg::Authentication&) {
  fatal("08P01", "unexpected password message");
}
void PgSession::on(const pg::FunctionCall&) {
  fail({"function calls over the fast path are not supported", "0A000", "", -1});
  append_ready();
}
void PgSession::on(const pg::CopyPart&) {}

void PgSession::fail(const SqlError& error, std::string_view text, size_t offset) {
  int position = 0;
  if (error.offset >= 0 && !text.empty()) {
    position = character_of(text, offset + static_cast<size_t>(error.offset));
  }
  pg::append_error({"ERROR", error.sqlstate, error.message, error.hint, position}, out());
  executor_.fail_transaction();
}

void PgSession::fail_extended(const SqlResult<void>& result, std::string_view text) {
  if (result.ok()) return;
  fail(result.error(), text);
  skipping_ = true;
}

void PgSession::fatal(std::string_view sqlstate, std::string_view message) {
  pg::append_error({"FATAL", sqlstate, message, "", 0}, out());
  phase_ = Phase::closed;
}

void PgSession::shut_down(std::string_view sqlstate, std::string_view message) {
  if (phase_ == Phase::closed) return;
  fatal(sqlstate, message);
  output_.flush();
}

void PgSession::report_settings() {
  for (const auto& [name, value] : executor_.settings().take_reports()) {
    pg::append_parameter_status(name, value, out());
  }
}

void PgSession::append_ready() {
  pg::append_ready(status_of(executor_.transaction()), out());
  output_.flush();
}

}  // namespace leat::views::serve

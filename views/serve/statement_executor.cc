#include "views/serve/statement_executor.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "views/serve/guarded_snapshot.h"

namespace leat::views::serve {
namespace {

using sql::OutputColumn;
using sql::SqlError;
using sql::SqlResult;

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

constexpr Type kText{TypeId::text};
constexpr Type kInt64{TypeId::int64};

std::vector<OutputColumn> view_columns() {
  return {{"name", kText}, {"state", kText},  {"rows", kInt64},
          {"cut", kInt64}, {"behind", kText}, {"note", kText}};
}

std::string describe_lag(const ViewStatus& view) {
  if (view.state == ViewState::building) {
    if (!view.build || view.build->bytes_total == 0) return "–";
    double part =
        static_cast<double>(view.build->bytes_done) / static_cast<double>(view.build->bytes_total);
    return fmt::format("{:.0f} %", std::floor(std::min(part, 1.0) * 100));
  }
  if (view.state != ViewState::live) return "–";
  return fmt::format("{} ms", view.behind_ms);
}

std::string describe_note(const ViewStatus& view) {
  if (!view.reason.empty()) return view.reason;
  if (!view.row_error.empty()) return view.row_error;
  return view.removed ? "its file is gone; it is kept until leat view drop " + view.name : "";
}

std::vector<OutputColumn> columns_of(const SessionCommand& command,
                                     const SessionSettings& settings) {
  if (std::holds_alternative<ShowViewsCommand>(command)) return view_columns();
  if (std::holds_alternative<ShowCutCommand>(command)) return {{"cut", kInt64}};
  if (auto* show = std::get_if<ShowCommand>(&command)) {
    return {{settings.display_name(show->name), kText}};
  }
  return {};
}

SqlError transaction_aborted() {
  return {"current transaction is aborted, commands ignored until end of transaction block",
          "25P02", "", -1};
}

SqlError read_only(const std::string& verb) {
  return {
      "cannot execute " + verb + " in a read-only transaction", "25006",
      "views follow their sources: change rows in the source database, and views in their files",
      -1};
}

}  // namespace

StatementExecutor::StatementExecutor(const QueryService& service, const Clock& clock,
                                     ExecutorLimits limits, std::function<bool()> cancelled)
    : service_(service), clock_(clock), limits_(limits), cancelled_(std::move(cancelled)) {}

void StatementExecutor::fail_transaction() {
  if (transaction_ != TransactionState::open) return;
  transaction_ = TransactionState::failed;
  pinned_.reset();
}

SqlResult<Statement> StatementExecutor::parse(std::string_view text,
                                              std::vector<uint32_t> declared_oids) {
  LEAT_ASSIGN_OR_RETURN(SessionCommand command, parse_session_command(text));
  if (transaction_ == TransactionState::failed && !std::holds_alternative<EndCommand>(command)) {
    return transaction_aborted();
  }
  Statement statement{std::string(text), std::move(command), std::move(declared_oids), {}};
  if (std::holds_alternative<SelectCommand>(statement.command)) {
    LEAT_ASSIGN_OR_RETURN(statement.shape, service_.describe(text, statement.declared_oids));
  } else {
    statement.shape.columns = columns_of(statement.command, settings_);
  }
  return statement;
}

SqlResult<std::unique_ptr<BoundQuery>> StatementExecutor::bind(
    const Statement& statement, const std::vector<sql::Parameter>& parameters) {
  if (transaction_ == TransactionState::failed &&
      !std::holds_alternative<EndCommand>(statement.command)) {
    return transaction_aborted();
  }
  if (!std::holds_alternative<SelectCommand>(statement.command))
    return std::unique_ptr<BoundQuery>();
  return service_.bind(statement.text, statement.declared_oids, parameters);
}

SqlResult<std::string> StatementExecutor::run(const Statement& statement, const BoundQuery* query,
                                              RowSink& sink) {
  using Tag = SqlResult<std::string>;
  if (transaction_ == TransactionState::failed &&
      !std::holds_alternative<EndCommand>(statement.command)) {
    return transaction_aborted();
  }
  auto tagged = [](SqlResult<void> done, const char* tag) -> Tag {
    if (!done.ok()) return done.error();
    return std::string(tag);
  };
  auto run_one = Overloaded{
      [&](const BeginCommand& begun) -> Tag { return begin(begun); },
      [&](const EndCommand& ended) -> Tag { return end(ended); },
      [&](const SetIsolationCommand& set) { return tagged(set_isolation(set), "SET"); },
      [&](const SetCommand& set) { return tagged(settings_.set(set.name, set.value), "SET"); },
      [&](const ResetAllCommand&) -> Tag {
        settings_.reset_all();
        return std::string("RESET");
      },
      [&](const ShowCommand& wanted) { return tagged(show(wanted.name, sink), "SHOW"); },
      [&](const ShowViewsCommand&) -> Tag {
        show_views(sink);
        return std::string("SHOW");
      },
      [&](const ShowCutCommand&) { return tagged(show_cut(sink), "SHOW"); },
      [&](const DiscardAllCommand&) -> Tag {
        settings_.reset_all();
        return std::string("DISCARD ALL");
      },
      [&](const DeallocateCommand&) -> Tag { return std::string("DEALLOCATE"); },
      [&](const SelectCommand&) { return tagged(select(*query, sink), "SELECT"); },
      [&](const WriteCommand& write) -> Tag { return read_only(write.verb); },
      [&](const EmptyCommand&) -> Tag { return std::string(); },
  };
  return std::visit(run_one, statement.command);
}

SqlResult<std::shared_ptr<const ReadSnapshot>> StatementExecutor::snapshot() {
  expire_pin();
  if (pin_expired_) {
    return SqlError{fmt::format("snapshot too old: a transaction may read one cut for {} s",
                                limits_.pin_max.count() / 1000),
                    "72000", "end this transaction and begin another", -1};
  }
  if (pinned_) return pinned_;
  auto newest = service_.snapshot();
  if (!newest.ok()) return SqlError{newest.error().message(), "57P03", "", -1};
  if (transaction_ == TransactionState::open && isolation_ == Isolation::repeatable_read) {
    pinned_ = *newest;
    pinned_until_ = clock_.monotonic() + limits_.pin_max;
  }
  return *newest;
}

void StatementExecutor::expire_pin() {
  if (!pinned_ || clock_.monotonic() < pinned_until_) return;
  pinned_.reset();
  pin_expired_ = true;
}

std::optional<std::chrono::nanoseconds> StatementExecutor::pin_deadline() const {
  if (!pinned_) return std::nullopt;
  return pinned_until_;
}

SqlResult<void> StatementExecutor::select(const BoundQuery& query, RowSink& sink) {
  auto read = snapshot();
  if (!read.ok()) return read.error();
  auto time = std::min(limits_.statement_max, settings_.statement_timeout());
  GuardedSnapshot guarded(**read, clock_, clock_.monotonic() + time, cancelled_);
  sink.columns(query.columns());
  SqlResult<void> done = query.run(guarded, [&](std::span<const Datum> values) {
    return guarded.goes_on() && sink.row(values);
  });
  if (!guarded.ended().ok()) return SqlError{guarded.ended().error().message(), "57014", "", -1};
  return done;
}

SqlResult<void> StatementExecutor::show_cut(RowSink& sink) {
  auto read = snapshot();
  if (!read.ok()) return read.error();
  Datum cut = Datum::of_int(static_cast<int64_t>((*read)->cut().value()));
  sink.columns({{"cut", kInt64}});
  sink.row({&cut, 1});
  return Ok{};
}

void StatementExecutor::show_views(RowSink& sink) {
  sink.columns(view_columns());
  for (const ViewStatus& view : service_.views()) {
    std::string behind = describe_lag(view);
    std::string note = describe_note(view);
    bool readable = is_readable(view.state) && view.cut != CutId();
    Datum values[] = {
        Datum::of_bytes(view.name),
        Datum::of_bytes(to_text(view.state)),
        readable ? Datum::of_int(static_cast<int64_t>(view.rows)) : Datum::null(),
        readable ? Datum::of_int(static_cast<int64_t>(view.cut.value())) : Datum::null(),
        Datum::of_bytes(behind),
        Datum::of_bytes(note),
    };
    if (!sink.row(values)) return;
  }
}

SqlResult<void> StatementExecutor::show(const std::string& name, RowSink& sink) {
  std::string value;
  if (name == "transaction_isolation") {
    Isolation now = transaction_ == TransactionState::idle ? default_isolation() : isolation_;
    value = now == Isolation::repeatable_read ? "repeatable read" : "read committed";
  } else {
    LEAT_ASSIGN_OR_RETURN(value, settings_.get(name));
  }
  Datum datum = Datum::of_bytes(value);
  sink.columns({{settings_.display_name(name), kText}});
  sink.row({&datum, 1});
  return Ok{};
}

std::string StatementExecutor::begin(const BeginCommand& command) {
  // Inside a transaction PostgreSQL warns and goes on; so do we, without the warning.
  if (transaction_ == TransactionState::idle) {
    transaction_ = TransactionState::open;
    isolation_ = command.isolation.value_or(default_isolation());
    pin_expired_ = false;
  }
  return command.tag;
}

std::string StatementExecutor::end(const EndCommand& command) {
  bool commits = command.commit && transaction_ != TransactionState::failed;
  transaction_ = TransactionState::idle;
  pinned_.reset();
  pin_expired_ = false;
  return commits ? "COMMIT" : "ROLLBACK";
}

SqlResult<void> StatementExecutor::set_isolation(const SetIsolationCommand& command) {
  if (command.session) {
    bool repeatable = command.isolation == Isolation::repeatable_read;
    return settings_.set("default_transaction_isolation",
                         repeatable ? "repeatable read" : "read committed");
  }
  if (pinned_ || pin_expired_) {
    return SqlError{"SET TRANSACTION ISOLATION LEVEL must be called before any query", "25001", "",
                    -1};
  }
  if (transaction_ == TransactionState::open) isolation_ = command.isolation;
  return Ok{};
}

Isolation StatementExecutor::default_isolation() const {
  auto value = settings_.get("default_transaction_isolation");
  bool repeatable = value.ok() && (*value == "repeatable read" || *value == "serializable");
  return repeatable ? Isolation::repeatable_read : Isolation::read_committed;
}

}  // namespace leat::views::serve

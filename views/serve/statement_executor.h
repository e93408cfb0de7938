// Runs a session's statements, whatever the protocol around them: transactions and the cuts that
// they read, parameters, SHOW, and SELECTs through the QueryService.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "log/base/clock.h"
#include "views/serve/query_service.h"
#include "views/serve/session_command.h"
#include "views/serve/session_settings.h"

namespace leat::views::serve {

// Where a statement's rows go.
class RowSink {
 public:
  virtual ~RowSink() = default;
  // Before the first row, also where there is none; not called for statements without a result.
  virtual void columns(const std::vector<sql::OutputColumn>& columns) = 0;
  // False: no more rows are wanted.
  virtual bool row(std::span<const Datum> values) = 0;
};

struct ExecutorLimits {
  // How long a REPEATABLE READ transaction may hold its cut: the store cannot free what it
  // replaced.
  std::chrono::milliseconds pin_max{60'000};
  // A session may set a shorter time, statement_timeout, not a longer one.
  std::chrono::milliseconds statement_max{600'000};
};

struct Statement {
  std::string text;
  SessionCommand command;
  std::vector<uint32_t> declared_oids;
  StatementShape shape;
};

class StatementExecutor {
 public:
  // CANCELLED is asked every few rows of a running statement, in its thread; true ends it.
  StatementExecutor(const QueryService& service, const Clock& clock, ExecutorLimits limits,
                    std::function<bool()> cancelled);

  enum class TransactionState : uint8_t { idle, open, failed };
  TransactionState transaction() const { return transaction_; }
  // An error inside a transaction ends it, but for the name: only its end is accepted.
  void fail_transaction();

  SessionSettings& settings() { return settings_; }

  // What the statement is, with the types of its parameters and columns.
  sql::SqlResult<Statement> parse(std::string_view text, std::vector<uint32_t> declared_oids);
  // Null for what is no SELECT.
  sql::SqlResult<std::unique_ptr<BoundQuery>> bind(const Statement& statement,
                                                   const std::vector<sql::Parameter>& parameters);
  // Returns the command tag; for a SELECT without the number of rows. DISCARD and DEALLOCATE are
  // the caller's, who has the prepared statements; here they only give their tags.
  sql::SqlResult<std::string> run(const Statement& statement, const BoundQuery* query,
                                  RowSink& sink);

  // Lets go of a cut that has been held too long; to be called at or after pin_deadline().
  void expire_pin();
  std::optional<std::chrono::nanoseconds> pin_deadline() const;  // by the clock's monotonic()

 private:
  sql::SqlResult<std::shared_ptr<const ReadSnapshot>> snapshot();
  sql::SqlResult<void> select(const BoundQuery& query, RowSink& sink);
  sql::SqlResult<void> show_cut(RowSink& sink);
  void show_views(RowSink& sink);
  sql::SqlResult<void> show(const std::string& name, RowSink& sink);
  std::string begin(const BeginCommand& command);
  std::string end(const EndCommand& command);
  sql::SqlResult<void> set_isolation(const SetIsolationCommand& command);
  Isolation default_isolation() const;

  const QueryService& service_;
  const Clock& clock_;
  ExecutorLimits limits_;
  std::function<bool()> cancelled_;
  SessionSettings settings_;
  TransactionState transaction_ = TransactionState::idle;
  Isolation isolation_ = Isolation::read_committed;
  std::shared_ptr<const ReadSnapshot> pinned_;
  std::chrono::nanoseconds pinned_until_{};
  bool pin_expired_ = false;
};

}  // namespace leat::views::serve

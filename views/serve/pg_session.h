// One client's session of PostgreSQL's protocol: a state machine over bytes, without sockets.
//
//   startup ─(SSLRequest: "N")─▶ startup ─▶ [authenticating] ─▶ ready ─▶ closed
//                                                              │   ▲
//                                    error in an extended query▼   │ Sync
//                                                     skipping to Sync
//
// One thread. A query runs inside receive() and writes its rows as they come; writing may block,
// and that is how a slow client slows its own scan and nothing else.
// https://www.postgresql.org/docs/15/protocol-flow.html
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "views/serve/pg_messages.h"
#include "views/serve/result_sink.h"
#include "views/serve/result_writer.h"
#include "views/serve/statement_executor.h"

namespace leat::views::serve {

// The server's part of password authentication (SASL): fed with the client's messages.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  virtual std::string_view mechanism() const = 0;
  struct Answer {
    std::string data;
    bool done = false;
  };
  // BODY of a SASLInitialResponse (FIRST) or SASLResponse. An error refuses the client.
  virtual Result<Answer> step(std::string_view body, bool first) = 0;
};

struct SessionLimits {
  size_t message_bytes_max = 16 << 20;
  // Prepared statements, and portals, that a client may have open at once.
  size_t statements_max = 1'000;
  // Rows kept for a client that fetches a result in pieces (Execute with a row limit).
  size_t portal_bytes_max = 64 << 20;
  ExecutorLimits executor;
};

struct SessionContext {
  const QueryService* service = nullptr;
  const Clock* clock = nullptr;
  uint32_t process_id = 0;
  uint32_t secret = 0;
  std::unique_ptr<Authenticator> authenticator;  // null: everybody is trusted
  bool refused = false;                          // there are too many clients: this one is told so
  // Another connection's wish to cancel.
  std::function<void(uint32_t process_id, uint32_t secret)> cancel;
  // The client has gone: a running statement is for nobody. Asked every few rows. Empty: it stays.
  std::function<bool()> client_gone;
};

class PgSession {
 public:
  // WRITE sends bytes to the client, all of them, or fails.
  PgSession(SessionContext context, SessionLimits limits, OutputBuffer::Write write);

  // Takes what the client sent. False: the connection is over.
  bool receive(std::string_view bytes);
  // Tells the client why the server closes, where the protocol allows it.
  void shut_down(std::string_view sqlstate, std::string_view message);

  // The client has been let in.
  bool ready() const { return phase_ == Phase::ready; }

  // Set by any thread: ends the running statement.
  void cancel() { cancelled_ = true; }

  // When on_time() is to be called (by the clock's monotonic()), if ever.
  std::optional<std::chrono::nanoseconds> deadline() const { return executor_.pin_deadline(); }
  void on_time() { executor_.expire_pin(); }

 private:
  enum class Phase : uint8_t { startup, authenticating, ready, closed };

  struct Portal {
    std::shared_ptr<const Statement> statement;
    std::unique_ptr<BoundQuery> query;
    std::vector<pg::Format> formats;
    bool started = false;
    std::string tag;
    std::deque<std::string> rows;  // encoded; when fetched in pieces
  };

  bool take_one(std::string_view* bytes);
  bool take_startup(std::string_view* bytes);
  void start(const pg::Startup& startup);
  void authenticate(const pg::Authentication& message);
  void become_ready();
  void handle(const pg::FrontendMessage& message);

  void on(const pg::Query& message);
  void on(const pg::Parse& message);
  void on(const pg::Bind& message);
  void on(const pg::Describe& message);
  void on(const pg::Execute& message);
  void on(const pg::Close& message);
  void on(const pg::Sync& message);
  void on(const pg::Flush& message);
  void on(const pg::Terminate& message);
  void on(const pg::Authentication& message);
  void on(const pg::FunctionCall& message);
  void on(const pg::CopyPart& message);

  // False after an error, which has been sent.
  bool run_simple(std::string_view text, std::string_view piece);
  sql::SqlResult<void> parse(const pg::Parse& message);
  sql::SqlResult<void> bind(const pg::Bind& message);
  sql::SqlResult<std::vector<sql::Parameter>> parameters(const pg::Bind& message,
                                                         const Statement& statement) const;
  sql::SqlResult<void> describe(const pg::Describe& message);
  sql::SqlResult<void> execute(const pg::Execute& message);
  sql::SqlResult<void> fill(Portal* portal);
  void fetch(Portal* portal, size_t rows_max);
  sql::SqlResult<std::string> run(const Statement& statement, const BoundQuery* query,
                                  ResultSink& sink);
  sql::SqlResult<std::shared_ptr<const Statement>> statement(std::string_view name) const;
  sql::SqlResult<Portal*> portal(std::string_view name);
  sql::SqlResult<void> forget(const Statement& statement);

  void fail(const sql::SqlError& error, std::string_view text = {}, size_t offset = 0);
  void fail_extended(const sql::SqlResult<void>& result, std::string_view text = {});
  void fatal(std::string_view sqlstate, std::string_view message);
  void report_settings();
  void append_ready();
  std::string* out() { return output_.bytes(); }

  SessionContext context_;
  SessionLimits limits_;
  OutputBuffer output_;
  std::atomic<bool> cancelled_ = false;
  StatementExecutor executor_;
  Phase phase_ = Phase::startup;
  bool first_sasl_message_ = true;
  bool skipping_ = false;  // to the next Sync
  std::string input_;      // of a message that is not whole yet
  std::map<std::string, std::shared_ptr<const Statement>, std::less<>> statements_;
  std::map<std::string, Portal, std::less<>> portals_;
};

}  // namespace leat::views::serve

// A MySQL source's part of a source's life (cdc/source_thread.h).
#include "cdc/mysql/source.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "cdc/mysql/capture.h"
#include "cdc/mysql/catalog.h"
#include "cdc/mysql/client.h"
#include "cdc/mysql/event_probe.h"
#include "cdc/mysql/position_check.h"
#include "cdc/mysql/prepared_xa.h"
#include "cdc/mysql/snapshot.h"
#include "cdc/mysql/streaming.h"
#include "cdc/snapshot_copy.h"
#include "cdc/source_thread.h"

namespace leat::cdc::mysql {
namespace {

constexpr std::chrono::seconds kXaPatience(2);

// What a server must say of itself so that its binlog can be read at all.
Status check_server(const Client& client, const ServerFacts& server) {
  auto refused = [&](const char* why, const char* statement) {
    return Error::permanent(fmt::format("{}: {}: {}", client.server(), why, statement));
  };
  if (!server.binlog_is_on) {
    return refused("its binlog is off", "start it with --log-bin and a --server-id of its own");
  }
  if (!server.binlog_format.empty() && server.binlog_format != "ROW") {
    return refused("binlog_format must be ROW", "SET GLOBAL binlog_format = ROW");
  }
  if (server.binlog_row_metadata != "FULL") {
    return refused("binlog_row_metadata must be FULL", "SET GLOBAL binlog_row_metadata = FULL");
  }
  return Ok();
}

class MysqlSource final : public SourceWork {
 public:
  MysqlSource(MysqlConfig config, log::ChangeLog& log, RowStoreTable rows)
      : config_(std::move(config)), log_(log), rows_table_(rows) {}

  Status attempt(SourceControl& control) override;
  // Each connection begins anew at what was taken.
  void connection_lost() override {}

 private:
  // What one attempt works with.
  struct Session {
    std::unique_ptr<Client> client;
    ServerFacts server;
  };
  Result<Session> open_session(SourceControl& control);
  Status open_rows();
  Status snapshot(SourceControl& control, Session& session);
  Status take_up(SourceControl& control, Session& session);
  Status copy_altered(SourceControl& control, Session& session);
  Result<TableSwitch> copy_some(SourceControl& control, Session& session,
                                const std::vector<std::string>& names);
  Result<std::optional<StreamPosition>> stored_position() const;
  Result<CapturePlan> plan(Session& session) const;

  const MysqlConfig config_;
  log::ChangeLog& log_;
  const RowStoreTable rows_table_;
  std::unique_ptr<RowStore> rows_;
  std::unique_ptr<Capture> capture_;
};

Status MysqlSource::attempt(SourceControl& control) {
  control.show_connecting();
  LEAT_ASSIGN_OR_RETURN(Session session, open_session(control));
  LEAT_RETURN_IF_ERROR(open_rows());
  LEAT_ASSIGN_OR_RETURN(auto stored, stored_position());
  if (control.wants_resnapshot() || !stored) {
    control.resnapshot_begins();
    LEAT_RETURN_IF_ERROR(snapshot(control, session));
    control.resnapshot_done();
  }
  LEAT_RETURN_IF_ERROR(take_up(control, session));
  if (capture_->wants_copy()) LEAT_RETURN_IF_ERROR(copy_altered(control, session));
  LEAT_ASSIGN_OR_RETURN(auto binlog, BinlogConnection::open(config_.connect, &control.wake()));
  control.show_streaming();
  spdlog::info("{}: streaming from {}", config_.name, to_text(capture_->position().start()));
  return Streaming(&config_, binlog.get(), session.client.get(), &session.server, capture_.get(),
                   &control.board(), &control.wake())
      .run();
}

Result<MysqlSource::Session> MysqlSource::open_session(SourceControl& control) {
  Session session;
  LEAT_ASSIGN_OR_RETURN(session.client, Client::open(config_.connect, &control.wake()));
  control.board().edit([&](SourceStatus& status) { status.server = session.client->server(); });
  LEAT_ASSIGN_OR_RETURN(session.server, read_server_facts(*session.client));
  LEAT_RETURN_IF_ERROR(check_server(*session.client, session.server));
  return session;
}

Status MysqlSource::open_rows() {
  if (rows_ != nullptr) return Ok();
  LEAT_ASSIGN_OR_RETURN(rows_, open_row_store(rows_table_, config_.name, config_.spill_dir,
                                              config_.transaction_memory_bytes_max));
  return Ok();
}

Result<std::optional<StreamPosition>> MysqlSource::stored_position() const {
  auto state = log_.state();
  auto found = state->source_positions.find(config_.name);
  if (found == state->source_positions.end()) return std::optional<StreamPosition>();
  LEAT_ASSIGN_OR_RETURN(StreamPosition position, decode_stream_position(found->second));
  return std::optional(std::move(position));
}

Result<CapturePlan> MysqlSource::plan(Session& session) const {
  LEAT_ASSIGN_OR_RETURN(auto facts, read_tables(*session.client, config_.tables));
  return plan_captures(facts, session.server, config_);
}

Status MysqlSource::snapshot(SourceControl& control, Session& session) {
  capture_.reset();
  LEAT_ASSIGN_OR_RETURN(CapturePlan planned, plan(session));
  control.board().edit([&](SourceStatus& status) { status.stopped_tables = planned.refused; });
  for (const StoppedTable& table : planned.refused) {
    spdlog::error("{}: {} {}. The others go on", config_.name, table.table, table.reason);
  }
  if (planned.facts.empty()) {
    return Error::permanent(fmt::format("no table of {} can be captured; `leat check` says why",
                                        session.client->server()));
  }
  LEAT_ASSIGN_OR_RETURN(XaBegin begin, begin_behind_prepared_xa(*session.client, session.server,
                                                                kXaPatience, control.wake()));
  if (begin.open) {
    return Error::transient(fmt::format(
        "the copy waits for an XA transaction that is prepared: end it with XA COMMIT {0}, or with "
        "XA ROLLBACK {0}",
        *begin.open));
  }
  SnapshotPlan work{&config_,         &control.wake(), &log_,    rows_.get(),
                    &control.board(), &session.server, &planned, begin.position};
  LEAT_ASSIGN_OR_RETURN(StreamPosition position, copy_tables(work));
  position.taken.server = session.server.identity;
  if (!position.mark) {  // no transaction was read yet
    LEAT_ASSIGN_OR_RETURN(position.mark, probe_event(config_, control.wake(), position.taken.file,
                                                     kFirstEventOffset));
  }
  LEAT_ASSIGN_OR_RETURN(
      log::Ticket ticket,
      log_.submit(switch_unit(planned.tables, config_.name, encode_stream_position(position))));
  constexpr std::chrono::seconds kCommitMax(60);
  LEAT_ASSIGN_OR_RETURN(bool durable, log_.wait_durable(ticket, kCommitMax));
  return durable ? Status() : Status(Error::transient("the log did not commit in time"));
}

// A server that the log cannot go on at says nothing of the tables either.
Status MysqlSource::take_up(SourceControl& control, Session& session) {
  LEAT_ASSIGN_OR_RETURN(auto stored, stored_position());
  LEAT_CHECK(stored.has_value());
  if (capture_ != nullptr) stored = capture_->position();
  LEAT_RETURN_IF_ERROR(
      check_position(*session.client, session.server, *stored, config_, control.wake()));
  if (capture_ != nullptr) return Ok();
  LEAT_ASSIGN_OR_RETURN(CapturePlan planned, plan(session));
  LEAT_ASSIGN_OR_RETURN(capture_,
                        Capture::resume(config_, &log_, rows_.get(), planned, std::move(*stored)));
  return Ok();
}

// The part of PLAN that is of the tables of these NAMES.
CapturePlan only(const CapturePlan& plan, const std::vector<std::string>& names) {
  CapturePlan out;
  for (uint32_t i = 0; i < plan.tables.size(); ++i) {
    const CapturedTable& table = plan.tables[TableIndex(i)];
    if (std::find(names.begin(), names.end(), table.name) == names.end()) continue;
    out.tables.add(table);
    out.facts.push_back(plan.facts[i]);
    out.forms.push_back(plan.forms[i]);
    out.columns.push_back(plan.columns[i]);
  }
  return out;
}

// The others wait meanwhile. A copy that cannot be made leaves its tables stopped.
Status MysqlSource::copy_altered(SourceControl& control, Session& session) {
  auto copied = copy_some(control, session, capture_->altered_tables());
  if (copied.ok()) return capture_->copied(std::move(*copied));
  if (copied.error().is_transient()) return copied.error();
  spdlog::error("{}: the tables that were altered cannot be copied: {}", config_.name,
                copied.error().message());
  capture_->give_up_copy();
  return Ok();
}

Result<TableSwitch> MysqlSource::copy_some(SourceControl& control, Session& session,
                                           const std::vector<std::string>& names) {
  LEAT_ASSIGN_OR_RETURN(CapturePlan planned, plan(session));
  CapturePlan part = only(planned, names);
  for (const StoppedTable& refused : planned.refused) {
    bool is_wanted = std::find(names.begin(), names.end(), refused.table) != names.end();
    if (is_wanted) spdlog::error("{}: {} {}", config_.name, refused.table, refused.reason);
  }
  if (part.facts.empty()) return Error::permanent("they are gone, or cannot be captured any more");
  // The stream has those that were prepared earlier.
  LEAT_ASSIGN_OR_RETURN(XaBegin begin, begin_behind_prepared_xa(*session.client, session.server,
                                                                kXaPatience, control.wake()));
  SnapshotPlan work{&config_,         &control.wake(), &log_, nullptr,
                    &control.board(), &session.server, &part, begin.position};
  LEAT_ASSIGN_OR_RETURN(StreamPosition at, copy_tables(work));
  return TableSwitch{std::move(part.tables), std::move(part.forms), std::move(at.taken)};
}

}  // namespace

std::unique_ptr<Source> make_mysql_source(MysqlConfig config, log::ChangeLog& log,
                                          RowStoreTable rows) {
  std::string name = config.name;
  return make_source(std::move(name), std::make_unique<MysqlSource>(std::move(config), log, rows));
}

}  // namespace leat::cdc::mysql

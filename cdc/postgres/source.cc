// A PostgreSQL source's part of a source's life (cdc/source_thread.h).
#include "cdc/postgres/source.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <set>

#include "cdc/postgres/capture.h"
#include "cdc/postgres/capture_rules.h"
#include "cdc/postgres/publication.h"
#include "cdc/postgres/session.h"
#include "cdc/postgres/slot.h"
#include "cdc/postgres/snapshot.h"
#include "cdc/postgres/streaming.h"
#include "cdc/row_store.h"
#include "cdc/source_thread.h"

namespace leat::cdc {
namespace {

constexpr const char* kCopyMark = ".copying";
constexpr std::chrono::seconds kMarkWait(60);

class PostgresSource final : public SourceWork {
 public:
  PostgresSource(PostgresConfig config, log::ChangeLog& log, RowStoreTable rows)
      : config_(std::move(config)), log_(log), rows_table_(rows) {}

  Status attempt(SourceControl& control) override;
  void connection_lost() override {
    if (capture_ != nullptr) capture_->reset_stream();
  }

 private:
  Status open_rows();
  Status snapshot(SourceControl& control, Session& session);
  Result<CapturePlan> plan_snapshot(Session& session);
  Result<PublicationFacts> publish(Session& session, const CapturePlan& plan);
  void say_generated_columns(const CapturePlan& plan) const;
  void say_left_out(const std::vector<StoppedTable>& tables);
  std::vector<StoppedTable> stopped_before() const;
  Result<bool> find_own_slot(Session& session);
  bool is_copying() const;
  Status mark_copying(bool copying);
  Status say_what_the_slot_waits_for(SourceControl& control, Session& session);
  Status take_up(Session& session);
  Status stream(SourceControl& control, Session& session);
  Status with_way_out(Status streamed) const;
  bool wants_snapshot(const SourceControl& control) const;

  const PostgresConfig config_;
  log::ChangeLog& log_;
  const RowStoreTable rows_table_;
  std::unique_ptr<RowStore> rows_;
  std::unique_ptr<Capture> capture_;
  std::set<std::string> said_;  // the tables that are left out, as far as the log says it
};

Status PostgresSource::attempt(SourceControl& control) {
  control.show_connecting();
  LEAT_ASSIGN_OR_RETURN(Session session, open_session(config_, &control.wake()));
  control.board().edit([&](SourceStatus& status) { status.server = session.sql->server(); });
  LEAT_RETURN_IF_ERROR(open_rows());
  if (wants_snapshot(control)) {
    control.resnapshot_begins();
    LEAT_RETURN_IF_ERROR(snapshot(control, session));
    control.resnapshot_done();
    // The connection that made the slot cannot stream from it before its snapshot is given up.
    LEAT_ASSIGN_OR_RETURN(session, open_session(config_, &control.wake()));
  }
  LEAT_RETURN_IF_ERROR(take_up(session));
  return with_way_out(stream(control, session));
}

Status PostgresSource::stream(SourceControl& control, Session& session) {
  Streaming streaming(&config_, &session, capture_.get(), &control.board(), &control.wake());
  LEAT_RETURN_IF_ERROR(streaming.start());
  control.show_streaming();
  spdlog::info("{}: streaming from {}", config_.name, to_text(capture_->durable_position()));
  return streaming.run();
}

// What the stream cannot get over, such as a publication that was gone for a while, a copy does.
Status PostgresSource::with_way_out(Status streamed) const {
  constexpr const char* kWayOut = "leat source resnapshot";
  if (streamed.ok() || streamed.error().is_transient()) return streamed;
  if (streamed.error().message().find(kWayOut) != std::string::npos) return streamed;
  return Error::permanent(
      fmt::format("{}. Where that cannot be mended, copy the tables anew: {} {}",
                  streamed.error().message(), kWayOut, config_.name));
}

Status PostgresSource::open_rows() {
  if (rows_ != nullptr) return Ok();
  LEAT_ASSIGN_OR_RETURN(rows_, open_row_store(rows_table_, config_.name, config_.spill_dir,
                                              config_.transaction_memory_bytes_max));
  return Ok();
}

bool PostgresSource::wants_snapshot(const SourceControl& control) const {
  return control.wants_resnapshot() || is_copying() ||
         log_.state()->source_positions.count(config_.name) == 0;
}

// Kept in the log while a copy is made: the slot is this copy's from its beginning on, so that a
// start in the middle of it cannot go on behind an older one, and knows the slot for its own.
bool PostgresSource::is_copying() const {
  return log_.state()->source_positions.count(config_.name + kCopyMark) != 0;
}

Status PostgresSource::mark_copying(bool copying) {
  if (copying == is_copying()) return Ok();
  log::CommitUnit unit;
  unit.position = log::SourcePosition{config_.name + kCopyMark, copying ? "1" : ""};
  LEAT_ASSIGN_OR_RETURN(log::Ticket ticket, log_.submit(std::move(unit)));
  LEAT_ASSIGN_OR_RETURN(bool durable, log_.wait_durable(ticket, kMarkWait));
  if (durable) return Ok();
  return Error::transient("the log does not take the note that a copy is made; is the disk full?");
}

Status PostgresSource::snapshot(SourceControl& control, Session& session) {
  capture_.reset();
  LEAT_ASSIGN_OR_RETURN(CapturePlan plan, plan_snapshot(session));
  said_.clear();
  control.board().edit(
      [&](SourceStatus& status) { status.stopped_tables = plan.stopped_tables(); });
  say_left_out(plan.stopped_tables());
  if (plan.problem) return Error::permanent(plan.problem->text());
  LEAT_ASSIGN_OR_RETURN(bool has_slot, find_own_slot(session));
  LEAT_ASSIGN_OR_RETURN(PublicationFacts published, publish(session, plan));
  LEAT_RETURN_IF_ERROR(say_what_the_slot_waits_for(control, session));
  LEAT_RETURN_IF_ERROR(mark_copying(true));
  LEAT_ASSIGN_OR_RETURN(NewSlot slot, create_slot(*session.replication, config_.name, has_slot));
  control.board().edit([](SourceStatus& status) { status.last_error.clear(); });
  SnapshotPlan work{&config_,
                    &control.wake(),
                    &log_,
                    rows_.get(),
                    &control.board(),
                    &plan.tables,
                    plan.facts,
                    std::move(published),
                    {},
                    slot.exported_snapshot};
  work.consistent_point = {slot.consistent_point, session.system.system_identifier,
                           session.system.timeline, session.system.database};
  LEAT_RETURN_IF_ERROR(take_snapshot(work));
  return mark_copying(false);
}

Result<CapturePlan> PostgresSource::plan_snapshot(Session& session) {
  LEAT_ASSIGN_OR_RETURN(auto facts, read_tables(*session.sql, config_.tables));
  LEAT_ASSIGN_OR_RETURN(auto published,
                        read_publication(*session.sql, publication_name(config_.name)));
  return plan_captures(facts, published, config_, session.server);
}

// Must come before the slot: one that is older than its publication fails in the middle of the
// stream.
Result<PublicationFacts> PostgresSource::publish(Session& session, const CapturePlan& plan) {
  if (!plan.publication_statement.empty()) {
    spdlog::info("{}: {}", config_.name, plan.publication_statement);
    auto done = session.sql->execute(plan.publication_statement);
    if (!done.ok()) return done.error().in(plan.publication_statement);
  }
  std::string name = publication_name(config_.name);
  LEAT_ASSIGN_OR_RETURN(auto published, read_publication(*session.sql, name));
  if (published) return std::move(*published);
  return Error::transient(
      fmt::format("the publication '{}' was dropped while the snapshot began", name));
}

void PostgresSource::say_generated_columns(const CapturePlan& plan) const {
  for (const TableFacts& table : plan.facts) {
    std::string generated = describe_generated(table);
    if (!generated.empty()) spdlog::info("{}: {} {}", config_.name, table.full_name(), generated);
  }
}

// Each table once.
void PostgresSource::say_left_out(const std::vector<StoppedTable>& tables) {
  for (const StoppedTable& table : tables) {
    if (!said_.insert(table.table).second) continue;
    spdlog::error("{}: {} {}. The others go on", config_.name, table.table, table.reason);
  }
}

// A restart says again what stands still.
std::vector<StoppedTable> PostgresSource::stopped_before() const {
  std::vector<StoppedTable> out;
  for (const auto& topic : log_.state()->topics) {
    if (!topic->stopped_reason || !topic->name.starts_with(config_.name + ".")) continue;
    out.push_back(
        {topic->name.substr(config_.name.size() + 1), "is stopped: " + *topic->stopped_reason});
  }
  return out;
}

// Whether an earlier attempt left one; an error where the slot of that name is not ours.
Result<bool> PostgresSource::find_own_slot(Session& session) {
  LEAT_ASSIGN_OR_RETURN(auto slot, read_slot(*session.sql, slot_name(config_.name)));
  if (!slot) return false;
  auto problem = problem_of(*slot, config_.name, session.system.database);
  if (problem) return Error::permanent(problem->text());
  bool is_ours = is_copying() || log_.state()->source_positions.count(config_.name) != 0;
  if (is_ours) return true;
  return Error::permanent(fmt::format(
      "there is a replication slot {0} that this data directory did not make. Where another Leat "
      "uses it, give this source another name in leat.yaml; where it was left behind: SELECT "
      "pg_drop_replication_slot('{0}');",
      slot_name(config_.name)));
}

// A slot begins when all transactions that are open now have ended, which may take long.
Status PostgresSource::say_what_the_slot_waits_for(SourceControl& control, Session& session) {
  LEAT_ASSIGN_OR_RETURN(auto processes, read_writing_processes(*session.sql));
  if (processes.empty()) return Ok();
  std::string waits = fmt::format(
      "the copy begins when the transactions that are open now have ended (of the server's "
      "processes {})",
      fmt::join(processes, ", "));
  spdlog::info("{}: {}", config_.name, waits);
  control.board().edit([&](SourceStatus& status) { status.last_error = waits; });
  return Ok();
}

Status PostgresSource::take_up(Session& session) {
  if (capture_ == nullptr) {
    LEAT_ASSIGN_OR_RETURN(auto facts, read_tables(*session.sql, config_.tables));
    CapturePlan plan = plan_tables(facts, config_.name, session.server.role);
    say_left_out(stopped_before());
    LEAT_ASSIGN_OR_RETURN(capture_, Capture::resume(config_, &log_, rows_.get(), plan));
    say_left_out(capture_->refused());
    say_generated_columns(plan);
  }
  LEAT_ASSIGN_OR_RETURN(auto slot, read_slot(*session.sql, slot_name(config_.name)));
  LEAT_ASSIGN_OR_RETURN(Position stored,
                        decode_position(log_.state()->source_positions.at(config_.name)));
  return check_resume(stored, session.system, slot, config_.name, slot_name(config_.name));
}

}  // namespace

std::unique_ptr<Source> make_postgres_source(PostgresConfig config, log::ChangeLog& log,
                                             RowStoreTable rows) {
  std::string name = config.name;
  return make_source(std::move(name),
                     std::make_unique<PostgresSource>(std::move(config), log, rows));
}

}  // namespace leat::cdc

#include "cdc/ingest_session.h"

#include "log/base/clock.h"

namespace leat::cdc {
namespace {

// So often the rows are made durable, so that a restart replays little and the log may let go of
// what lies before.
constexpr std::chrono::seconds kRowsFlushInterval(30);
// At a time; meanwhile the server is not answered.
constexpr std::chrono::milliseconds kLogWait(100);
constexpr std::chrono::seconds kSwitchWait(60);

}  // namespace

IngestSession::IngestSession(const IngestOptions& options, log::ChangeLog* log, RowStore* rows,
                             Resumption resumed, TransactionAssembler assembler)
    : log_(log),
      rows_(rows),
      rows_flushed_at_(Clock::system().monotonic()),
      tables_(std::move(resumed.tables)),
      refused_(std::move(resumed.refused)),
      assembler_(std::move(assembler)),
      ingestor_(options.source, log, &tables_, rows, options.describe_position) {}

Result<std::unique_ptr<IngestSession>> IngestSession::open(const IngestOptions& options,
                                                           log::ChangeLog* log, RowStore* rows,
                                                           Resumption resumed) {
  AssemblerOptions assembler_options;
  assembler_options.spill_dir = options.spill_dir;
  assembler_options.memory_bytes_max = options.transaction_memory_bytes_max;
  LEAT_ASSIGN_OR_RETURN(auto assembler, TransactionAssembler::open(std::move(assembler_options)));
  auto to_stop = std::move(resumed.to_stop);
  std::unique_ptr<IngestSession> session(
      new IngestSession(options, log, rows, std::move(resumed), std::move(assembler)));
  for (auto& [table, reason] : to_stop) session->stop_table(table, std::move(reason));
  LEAT_RETURN_IF_ERROR(rows->recover(*log, session->tables_));
  return session;
}

Status IngestSession::ingest(const Transaction& transaction, const CommitInfo& commit) {
  Status taken = ingestor_.ingest(transaction, commit);
  if (taken.ok()) return taken;
  // The row images may hold a part of it.
  return Error::permanent(taken.error().message());
}

Status IngestSession::ingest_piece(const Transaction& piece, const CommitInfo& commit) {
  Status taken = ingestor_.ingest_piece(piece, commit);
  return taken.ok() ? taken : Error::permanent(taken.error().message());
}

Status IngestSession::maintain() {
  rows_->note_flush_end(*log_);
  auto now = Clock::system().monotonic();
  if (now - rows_flushed_at_ >= kRowsFlushInterval) {
    rows_flushed_at_ = now;
    rows_->request_flush();
  }
  if (!rows_->has_overlay() && !rows_->wants_flush()) return Ok();
  LEAT_ASSIGN_OR_RETURN(bool durable, ingestor_.drain(kLogWait));
  waits_for_log_ = !durable;
  return durable ? flush_rows() : Ok();
}

// Everything that was ingested is durable.
Status IngestSession::flush_rows() {
  if (rows_->has_overlay()) LEAT_RETURN_IF_ERROR(rows_->catch_up(*log_, tables_));
  return rows_->begin_flush(*log_, tables_);
}

Status IngestSession::drain(std::chrono::milliseconds timeout) {
  LEAT_ASSIGN_OR_RETURN(bool durable, ingestor_.drain(timeout));
  if (!durable) return Error::transient("the log did not commit in time");
  LEAT_RETURN_IF_ERROR(flush_rows());
  return rows_->wait_flush(*log_);
}

Status IngestSession::switch_generations(log::CommitUnit unit) {
  LEAT_ASSIGN_OR_RETURN(log::Ticket ticket, log_->submit(std::move(unit)));
  LEAT_ASSIGN_OR_RETURN(bool durable, log_->wait_durable(ticket, kSwitchWait));
  // Whether it will be there is not known: only a new process can find out.
  if (!durable) return Error::permanent("the log did not commit the new generations in time");
  return rows_->recover(*log_, tables_);
}

void IngestSession::stop_table(TableIndex table, std::string reason) {
  ingestor_.stop_table(table, std::move(reason));
}

}  // namespace leat::cdc

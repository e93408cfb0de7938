#include "cdc/mysql/capture.h"

#include <algorithm>
#include <utility>

#include "cdc/resumption.h"
#include "log/base/bytes.h"
#include "log/base/clock.h"

namespace leat::cdc::mysql {
namespace {

constexpr std::chrono::seconds kIdlePositionInterval(2);

// The transaction's place among those of this source, which GTIDs of several servers do not give,
// then its name.
std::string commit_position(uint64_t ordinal, const std::string& id) {
  std::string out;
  append_be(&out, ordinal);
  return out + id;
}

std::string describe_commit_position(std::string_view bytes) {
  return std::string(bytes.substr(std::min(sizeof(uint64_t), bytes.size())));
}

// A table that is not planned any more is stopped: its form does not matter.
std::vector<TableForm> forms_of(const TableSet& tables, const CapturePlan& plan) {
  std::vector<TableForm> out;
  for (const CapturedTable& table : tables) {
    auto planned = std::find_if(plan.tables.begin(), plan.tables.end(),
                                [&](const CapturedTable& one) { return one.name == table.name; });
    TableForm& form = out.emplace_back();
    if (planned != plan.tables.end()) {
      form = plan.forms[static_cast<size_t>(planned - plan.tables.begin())];
    }
    form.columns.resize(table.schema.columns.size());
  }
  return out;
}

}  // namespace

Capture::Capture(std::unique_ptr<IngestSession> session, std::vector<TableForm> forms,
                 StreamPosition position)
    : session_(std::move(session)),
      forms_(std::move(forms)),
      reader_(&session_->tables(), &forms_, &session_->assembler(), std::move(position)),
      durable_text_(to_text(reader_.position().taken)) {}

Result<std::unique_ptr<Capture>> Capture::resume(const MysqlConfig& config, log::ChangeLog* log,
                                                 RowStore* rows, const CapturePlan& plan,
                                                 StreamPosition position) {
  IngestOptions options{config.name, config.spill_dir, config.transaction_memory_bytes_max,
                        &describe_commit_position};
  LEAT_ASSIGN_OR_RETURN(
      auto session,
      IngestSession::open(options, log, rows,
                          resume_tables(config.name, *log, plan.tables, plan.refused)));
  auto forms = forms_of(session->tables(), plan);
  return std::unique_ptr<Capture>(
      new Capture(std::move(session), std::move(forms), std::move(position)));
}

Status Capture::on_event(std::string_view bytes) {
  LEAT_ASSIGN_OR_RETURN(auto committed, reader_.on_event(bytes));
  if (!committed) return Ok();
  if (!committed->transaction.empty()) return ingest(*committed);
  is_idle_ahead_ = true;
  return Ok();
}

Status Capture::ingest(const CommittedTransaction& committed) {
  std::string commit = commit_position(position().taken.ordinal, committed.id);
  std::string stored = encode_stream_position(position());
  CommitInfo info;
  info.transaction = TransactionId(committed.number);
  info.commit_time_us = committed.commit_time_us;
  info.commit_position = commit;
  info.source_position = stored;
  is_idle_ahead_ = false;
  return session_->ingest(committed.transaction, info);
}

Status Capture::store_idle_position() {
  if (!is_idle_ahead_ || !ingestor().idle()) return Ok();
  auto now = Clock::system().monotonic();
  if (now - idle_stored_at_ < kIdlePositionInterval) return Ok();
  idle_stored_at_ = now;
  is_idle_ahead_ = false;
  ingestor().advance(encode_stream_position(position()));
  return ingestor().submit();
}

std::string Capture::durable_position() {
  const std::string& bytes = ingestor().durable_position();
  if (bytes.empty()) return durable_text_;
  auto decoded = decode_stream_position(bytes);
  LEAT_CHECK(decoded.ok());
  durable_text_ = to_text(decoded->taken);
  return durable_text_;
}

}  // namespace leat::cdc::mysql

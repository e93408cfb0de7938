#include "cdc/mysql/capture.h"

#include <algorithm>
#include <utility>

#include "cdc/resumption.h"
#include "cdc/schema_difference.h"
#include "cdc/snapshot_copy.h"
#include "log/base/bytes.h"
#include "log/base/clock.h"

namespace leat::cdc::mysql {
namespace {

constexpr std::chrono::seconds kIdlePositionInterval(2);
// A tool that alters tables has several statements for it; and whatever goes wrong, tables are not
// copied all the time.
constexpr std::chrono::seconds kQuietBeforeCopy(1);
constexpr std::chrono::seconds kBetweenCopies(10);
constexpr std::chrono::seconds kDrainMax(60);

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

Capture::Capture(std::string source, std::unique_ptr<IngestSession> session,
                 const CapturePlan& plan, StreamPosition position)
    : source_(std::move(source)),
      session_(std::move(session)),
      forms_(forms_of(session_->tables(), plan)),
      reader_(&session_->tables(), &forms_, &session_->assembler(), std::move(position)),
      durable_text_(to_text(reader_.position().taken)) {
  // Those that were altered before an earlier process ended, or while none was there.
  for (const CapturedTable& planned : plan.tables) {
    auto table = find(planned.name);
    if (!table || !session_->tables()[*table].stopped_reason) continue;
    const CapturedTable& stopped = session_->tables()[*table];
    bool has_other_form = !describe_difference(stopped.schema, planned.schema).empty();
    if (has_other_form || is_of_alteration(*stopped.stopped_reason)) note_altered(*table);
  }
}

Result<std::unique_ptr<Capture>> Capture::resume(const MysqlConfig& config, log::ChangeLog* log,
                                                 RowStore* rows, const CapturePlan& plan,
                                                 StreamPosition position) {
  IngestOptions options{config.name, config.spill_dir, config.transaction_memory_bytes_max,
                        &describe_commit_position};
  LEAT_ASSIGN_OR_RETURN(
      auto session,
      IngestSession::open(options, log, rows,
                          resume_tables(config.name, *log, plan.tables, plan.refused)));
  return std::unique_ptr<Capture>(
      new Capture(config.name, std::move(session), plan, std::move(position)));
}

Status Capture::on_event(std::string_view bytes) {
  LEAT_ASSIGN_OR_RETURN(auto committed, reader_.on_event(bytes));
  if (committed) {
    LEAT_RETURN_IF_ERROR(take(*committed));
  } else if (auto piece = reader_.take_piece()) {
    LEAT_RETURN_IF_ERROR(take_piece(*piece));
  } else if (!reader_.in_transaction()) {
    ingestor().abandon_pieces();
  }
  return switch_is_due() ? switch_tables() : Ok();
}

// Numbered as the transaction will be when it is given.
Status Capture::take_piece(const CommittedTransaction& piece) {
  std::string commit = commit_position(position().taken.ordinal + 1, piece.id);
  CommitInfo info;
  info.transaction = TransactionId(piece.number);
  info.commit_time_us = piece.commit_time_us;
  info.commit_position = commit;
  return session_->ingest_piece(piece.transaction, info);
}

Status Capture::take(const CommittedTransaction& committed) {
  if (committed.voids_pieces) ingestor().abandon_pieces();
  if (committed.transaction.empty() && !is_in_pieces()) {
    is_idle_ahead_ = true;
  } else {
    LEAT_RETURN_IF_ERROR(ingest(committed));
  }
  for (TableIndex table : committed.altered) note_altered(table);
  return Ok();
}

// What a copy that waits was altered by before its position, it was made after.
void Capture::note_altered(TableIndex table) {
  const std::string& name = session_->tables()[table].name;
  if (switch_) {
    for (const CapturedTable& copied : switch_->tables) {
      if (copied.name == name) return;
    }
  }
  altered_at_ = Clock::system().monotonic();
  bool is_known = std::find(altered_.begin(), altered_.end(), table) != altered_.end();
  if (!is_known) altered_.push_back(table);
}

bool Capture::wants_copy() const {
  auto now = Clock::system().monotonic();
  bool waited = switched_at_.count() == 0 || now - switched_at_ >= kBetweenCopies;
  return !altered_.empty() && !switch_ && waited && now - altered_at_ >= kQuietBeforeCopy;
}

std::vector<std::string> Capture::altered_tables() const {
  std::vector<std::string> out;
  for (TableIndex table : altered_) out.push_back(session_->tables()[table].name);
  return out;
}

std::optional<TableIndex> Capture::find(const std::string& name) const {
  const TableSet& tables = session_->tables();
  auto found = std::find_if(tables.begin(), tables.end(),
                            [&](const CapturedTable& table) { return table.name == name; });
  if (found == tables.end()) return std::nullopt;
  return TableIndex(static_cast<uint32_t>(found - tables.begin()));
}

Status Capture::copied(TableSwitch tables) {
  altered_.clear();
  switch_ = std::move(tables);
  return switch_is_due() ? switch_tables() : Ok();
}

// At the first moment that the copies' position is reached, and not behind it: what comes next is
// not in them. (Files may have nothing more at their ends; GTIDs are of transactions.)
bool Capture::switch_is_due() const {
  if (!switch_ || reader_.in_transaction()) return false;
  const Position& at = switch_->at;
  const Position& taken = position().taken;
  if (at.by_file()) return reader_.place().is_at_or_behind({at.file, at.offset});
  bool mariadb = at.flavour == Flavour::mariadb;
  return mariadb ? taken.mariadb_gtids.contains(at.mariadb_gtids) : taken.gtids.contains(at.gtids);
}

Status Capture::switch_tables() {
  LEAT_RETURN_IF_ERROR(session_->drain(kDrainMax));
  for (uint32_t i = 0; i < switch_->tables.size(); ++i) {
    const CapturedTable& copy = switch_->tables[TableIndex(i)];
    auto table = find(copy.name);
    LEAT_CHECK(table.has_value());
    session_->tables()[*table] = copy;
    forms_[table->value()] = switch_->forms[i];
  }
  LEAT_RETURN_IF_ERROR(session_->switch_generations(
      switch_unit(switch_->tables, source_, encode_stream_position(position()))));
  reader_.tables_changed();
  switch_.reset();
  switched_at_ = Clock::system().monotonic();
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

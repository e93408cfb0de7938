#include "cdc/postgres/capture.h"

#include <utility>

#include "cdc/resumption.h"
#include "log/base/bytes.h"

namespace leat::cdc {
namespace {

std::string describe_commit_position(std::string_view bytes) {
  return to_text(Lsn(ByteReader(bytes).be<uint64_t>()));
}

Result<TableIdentities> read_identities(const log::ChangeLog& log, const std::string& source) {
  auto state = log.state();
  auto found = state->source_positions.find(table_identities_name(source));
  if (found == state->source_positions.end()) return TableIdentities();
  return decode_table_identities(found->second);
}

RelationOids oids_of(const TableSet& tables, const TableIdentities& identities) {
  RelationOids out;
  for (uint32_t i = 0; i < tables.size(); ++i) {
    auto known = identities.find(tables[TableIndex(i)].name);
    if (known != identities.end()) out[TableIndex(i)] = known->second.identity.oid;
  }
  return out;
}

}  // namespace

Capture::Capture(const PostgresConfig& config, Position position,
                 std::unique_ptr<IngestSession> session, const TableIdentities& identities)
    : source_(config.name),
      position_(std::move(position)),
      durable_(position_.lsn),
      session_(std::move(session)),
      reader_(&session_->tables(), &session_->assembler(),
              oids_of(session_->tables(), identities)) {}

Result<std::unique_ptr<Capture>> Capture::resume(const PostgresConfig& config, log::ChangeLog* log,
                                                 RowStore* rows, const CapturePlan& plan) {
  auto state = log->state();
  auto stored = state->source_positions.find(config.name);
  LEAT_CHECK(stored != state->source_positions.end());
  LEAT_ASSIGN_OR_RETURN(Position position, decode_position(stored->second));
  IngestOptions options{config.name, config.spill_dir, config.transaction_memory_bytes_max,
                        &describe_commit_position};
  LEAT_ASSIGN_OR_RETURN(
      auto session,
      IngestSession::open(options, log, rows,
                          resume_tables(config.name, *log, plan.tables, plan.stopped_tables())));
  LEAT_ASSIGN_OR_RETURN(auto identities, read_identities(*log, config.name));
  return std::unique_ptr<Capture>(
      new Capture(config, std::move(position), std::move(session), identities));
}

Status Capture::on_message(std::string_view bytes, const BeforeCommit& before_commit) {
  LEAT_ASSIGN_OR_RETURN(auto committed, reader_.on_message(bytes));
  if (!committed || committed->end_lsn <= position_.lsn) return Ok();
  LEAT_RETURN_IF_ERROR(before_commit(&*committed));
  return ingest(*committed);
}

Status Capture::ingest(const CommittedTransaction& committed) {
  position_.lsn = committed.end_lsn;
  std::string commit_position = encode_commit_position(committed.end_lsn);
  std::string source_position = encode_position(position_);
  CommitInfo info;
  info.transaction = committed.transaction.id();
  info.commit_time_us = committed.commit_time_us;
  info.commit_position = commit_position;
  info.source_position = source_position;
  return session_->ingest(committed.transaction, info);
}

Status Capture::advance(Lsn wal_end) {
  if (wal_end <= position_.lsn) return Ok();
  position_.lsn = wal_end;
  ingestor().advance(encode_position(position_));
  return ingestor().submit();
}

void Capture::reset_stream() {
  reader_.reset();
}

Result<TableIdentities> Capture::stored_identities() const {
  return read_identities(session_->log(), source_);
}

Status Capture::store_identities(const TableIdentities& tables) {
  log::CommitUnit unit;
  unit.position =
      log::SourcePosition{table_identities_name(source_), encode_table_identities(tables)};
  LEAT_ASSIGN_OR_RETURN([[maybe_unused]] log::Ticket ticket,
                        session_->log().submit(std::move(unit)));
  return Ok();
}

Lsn Capture::durable_position() {
  const std::string& bytes = ingestor().durable_position();
  if (!bytes.empty()) durable_ = Lsn(ByteReader(bytes).be<uint64_t>());
  return durable_;
}

}  // namespace leat::cdc

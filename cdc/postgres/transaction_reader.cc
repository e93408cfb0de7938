#include "cdc/postgres/transaction_reader.h"

#include <spdlog/fmt/fmt.h>

#include "cdc/postgres/time.h"

namespace leat::cdc {

using pgoutput::OldTuple;
using pgoutput::Xid;

namespace {

TransactionId transaction_id(Xid xid) {
  return TransactionId(xid.value());
}

Status check_columns(const pgoutput::Tuple& tuple, const RowBuilder& builder) {
  if (tuple.column_count() == builder.column_count()) return Ok();
  return Error::permanent(fmt::format("a row of {} columns was sent, and the table has {}",
                                      tuple.column_count(), builder.column_count()));
}

}  // namespace

TransactionReader::TransactionReader(const TableSet* tables, TransactionAssembler* assembler,
                                     RelationOids oids)
    : tables_(tables), assembler_(assembler), relations_(tables, std::move(oids)) {
  for (const CapturedTable& table : *tables) {
    builders_.push_back(std::make_unique<Builders>(table.schema));
  }
}

void TransactionReader::reset() {
  assembler_->clear();
  relations_.clear();
  current_.reset();
}

Result<std::optional<CommittedTransaction>> TransactionReader::on_message(std::string_view bytes) {
  LEAT_ASSIGN_OR_RETURN(auto message, pgoutput::decode(bytes, streamed().has_value()));
  if (const auto* end = std::get_if<pgoutput::Commit>(&message)) {
    if (!current_ || current_->streamed) {
      return Error::permanent("the server sent a commit outside of a transaction");
    }
    return std::optional(
        commit(current_->id, end->end_lsn, end->commit_time_us, current_->describes_tables));
  }
  if (const auto* end = std::get_if<pgoutput::StreamCommit>(&message)) {
    bool describes_tables = relations_.commit(transaction_id(end->xid));
    return std::optional(
        commit(transaction_id(end->xid), end->end_lsn, end->commit_time_us, describes_tables));
  }
  LEAT_RETURN_IF_ERROR(std::visit([this](const auto& m) { return on(m); }, message));
  return std::optional<CommittedTransaction>();
}

CommittedTransaction TransactionReader::commit(TransactionId id, Lsn end_lsn,
                                               int64_t commit_time_us, bool describes_tables) {
  current_.reset();
  return {assembler_->take(id), end_lsn, unix_us_of_postgres(commit_time_us), describes_tables};
}

std::optional<TransactionId> TransactionReader::streamed() const {
  return current_ && current_->streamed ? std::optional(current_->id) : std::nullopt;
}

// Changes of the top transaction itself are tagged 0: they go only with the whole.
uint32_t TransactionReader::subtransaction(Xid xid) const {
  return transaction_id(xid) == current_->id ? 0 : xid.value();
}

Status TransactionReader::on(const pgoutput::Begin& message) {
  current_ = Current{transaction_id(message.xid), false, false};
  return Ok();
}

Status TransactionReader::on(const pgoutput::StreamStart& message) {
  current_ = Current{transaction_id(message.xid), true, false};
  return Ok();
}

Status TransactionReader::on(const pgoutput::StreamStop&) {
  current_.reset();
  return Ok();
}

Status TransactionReader::on(const pgoutput::StreamAbort& message) {
  TransactionId id = transaction_id(message.xid);
  if (message.xid != message.subxid) {
    assembler_->abort_subtransaction(id, message.subxid.value());
    return Ok();
  }
  assembler_->abort(id);
  relations_.abort(id);
  return Ok();
}

Status TransactionReader::on(const pgoutput::Relation& message) {
  relations_.set(message, streamed());
  if (current_) current_->describes_tables = true;
  return Ok();
}

Status TransactionReader::on(const pgoutput::Insert& message) {
  return on_row(ChangeKind::insert, message);
}
Status TransactionReader::on(const pgoutput::Update& message) {
  return on_row(ChangeKind::update, message);
}
Status TransactionReader::on(const pgoutput::Delete& message) {
  return on_row(ChangeKind::remove, message);
}

Status TransactionReader::on(const pgoutput::Truncate& message) {
  for (pgoutput::RelationOid relation : message.relations) {
    LEAT_ASSIGN_OR_RETURN(auto table, table_of(relation, message.xid));
    if (!table) continue;
    PendingChange change;
    change.kind = ChangeKind::truncate;
    change.table = *table;
    change.subtransaction = streamed() ? subtransaction(message.xid) : 0;
    LEAT_RETURN_IF_ERROR(assembler_->add(current_->id, change));
  }
  return Ok();
}

Result<std::optional<TableIndex>> TransactionReader::table_of(pgoutput::RelationOid relation,
                                                              Xid xid) {
  if (!current_) return Error::permanent("the server sent a change outside of a transaction");
  const RelationBinding* binding = relations_.find(relation, streamed());
  if (binding == nullptr) {
    return Error::permanent(fmt::format(
        "the server sent a change of relation {} without saying what it is", relation.value()));
  }
  if (!binding->table || (*tables_)[*binding->table].stopped_reason) {
    return std::optional<TableIndex>();
  }
  if (binding->mismatch.empty()) return std::optional(*binding->table);
  fail(*binding->table, xid,
       binding->mismatch + "; what changed in the table before may not have been sent");
  return std::optional<TableIndex>();
}

template <class RowMessage>
Status TransactionReader::on_row(ChangeKind kind, const RowMessage& message) {
  LEAT_ASSIGN_OR_RETURN(auto table, table_of(message.relation, message.xid));
  if (!table) return Ok();
  PendingChange change;
  change.kind = kind;
  change.table = *table;
  change.subtransaction = streamed() ? subtransaction(message.xid) : 0;
  Status decoded = decode(message, builders_[table->value()].get(), &change);
  if (!decoded.ok()) {
    fail(*table, message.xid, decoded.error().message());
    return Ok();
  }
  return assembler_->add(current_->id, change);
}

void TransactionReader::fail(TableIndex table, Xid xid, std::string reason) {
  assembler_->add_failure(current_->id,
                          {table, streamed() ? subtransaction(xid) : 0, std::move(reason)});
}

Status TransactionReader::decode(const pgoutput::Insert& message, Builders* with,
                                 PendingChange* change) {
  LEAT_RETURN_IF_ERROR(check_columns(message.after, with->after));
  LEAT_RETURN_IF_ERROR(with->after.set_tuple(message.after));
  LEAT_RETURN_IF_ERROR(decode_new(with, change));
  if (change->unchanged.empty()) return Ok();
  return Error::permanent("an insert without all of its values was sent");
}

Status TransactionReader::decode(const pgoutput::Update& message, Builders* with,
                                 PendingChange* change) {
  LEAT_RETURN_IF_ERROR(check_columns(message.after, with->after));
  LEAT_RETURN_IF_ERROR(with->after.set_tuple(message.after));
  if (message.old_kind == OldTuple::none) return decode_new(with, change);
  LEAT_RETURN_IF_ERROR(decode_old(message.old_kind, message.before, with, &old_key_, change));
  with->after.fill_unchanged(with->before, message.old_kind == OldTuple::key);
  LEAT_RETURN_IF_ERROR(decode_new(with, change));
  if (old_key_ != change->key) change->old_key = old_key_;
  return Ok();
}

Status TransactionReader::decode(const pgoutput::Delete& message, Builders* with,
                                 PendingChange* change) {
  LEAT_RETURN_IF_ERROR(decode_old(message.old_kind, message.before, with, &key_, change));
  change->key = key_;
  return Ok();
}

Status TransactionReader::decode_old(OldTuple kind, const pgoutput::Tuple& tuple, Builders* with,
                                     std::string* key, PendingChange* change) {
  LEAT_RETURN_IF_ERROR(check_columns(tuple, with->before));
  LEAT_RETURN_IF_ERROR(with->before.set_tuple(tuple));
  key->clear();
  LEAT_RETURN_IF_ERROR(with->before.append_key_to(key));
  if (kind == OldTuple::key) return Ok();
  before_.clear();
  with->before.append_row_to(&before_);
  change->before = before_;
  return Ok();
}

Status TransactionReader::decode_new(Builders* with, PendingChange* change) {
  key_.clear();
  LEAT_RETURN_IF_ERROR(with->after.append_key_to(&key_));
  after_.clear();
  with->after.append_row_to(&after_);
  unchanged_.clear();
  with->after.append_unchanged_to(&unchanged_);
  change->key = key_;
  change->after = after_;
  change->unchanged = unchanged_;
  return Ok();
}

}  // namespace leat::cdc

// XA transactions as the reader sees them: prepared in one group, ended by another.
#include <algorithm>
#include <utility>

#include "cdc/mysql/transaction_reader.h"

namespace leat::cdc::mysql {

TransactionReader::Outcome TransactionReader::on(const Event& event, const XaPrepare& prepared) {
  if (!group_) return Error::permanent("XA PREPARE stands outside of a transaction");
  if (prepared.one_phase) return commit(event);
  group_->xa = xa_id(prepared.id);
  return prepare(event);
}

TransactionReader::Outcome TransactionReader::prepare(const Event& event) {
  LEAT_RETURN_IF_ERROR(check_not_in_pieces());
  prepared_.push_back({group_->xa, group_->id, position_.start()});
  if (!group_->is_taken) prepared_.back().before = position_.taken;
  prepared_.back().skipped = std::move(group_->skipped);
  if (prepared_.size() > 1 && position_.restart) prepared_.back().before = *position_.restart;
  return end_group(event, assembler_->take(TransactionId()));
}

TransactionReader::Outcome TransactionReader::end_prepared(const Event& event,
                                                           const Statement& statement) {
  LEAT_RETURN_IF_ERROR(check_not_in_pieces());
  auto found = std::find_if(prepared_.begin(), prepared_.end(),
                            [&](const Prepared& one) { return one.xa == statement.id; });
  bool commits = statement.kind == StatementKind::xa_commit;
  if (found == prepared_.end()) {
    if (!commits || group_->is_taken) return end_group(event, assembler_->take(TransactionId()));
    misses_xa_ = true;
    return Error::permanent(
        "an XA transaction commits that was prepared before the tables were copied, so its changes "
        "are not known: leat source resnapshot copies the tables anew");
  }
  TransactionId id = found->id;
  for (TableIndex table : found->skipped) {
    if (!commits || (*tables_)[table].stopped_reason) continue;
    assembler_->add_failure(id, {table, 0, kSkippedInXa});
    group_->altered.push_back(table);
  }
  prepared_.erase(found);
  if (!commits) assembler_->abort(id);  // and what is taken below is empty
  return end_group(event, assembler_->take(id));
}

}  // namespace leat::cdc::mysql

// Transactions as the reader gives them: whole, or piece after piece and the rest.
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

#include "cdc/mysql/transaction_reader.h"

namespace leat::cdc::mysql {

std::string TransactionReader::id_of(const EventGroup& group) const {
  if (group.mariadb_gtid) return to_text(*group.mariadb_gtid);
  if (!group.gtid_source) return fmt::format("{}:{}", place_.file, place_.offset);
  const GtidSource& source = *group.gtid_source;
  std::string tag = source.tag.empty() ? "" : ":" + source.tag;
  return fmt::format("{}{}:{}", to_text(source.uuid), tag, group.number);
}

CommittedTransaction TransactionReader::to_give(const EventGroup& group,
                                                Transaction transaction) const {
  return {std::move(transaction), group.number,  id_of(group),
          group.commit_time_us,   group.altered, group.voids_pieces};
}

// Each piece must have the name and the time that the rest will have: without a GTID a transaction
// is named by where it ends. Rows that are kept are not put before the end is here, either: nobody
// could take them back.
bool TransactionReader::may_give_piece() const {
  if (holds_next_ || !in_transaction() || !group_->is_open) return false;
  bool has_name = (group_->gtid_source || group_->mariadb_gtid) && group_->number != 0;
  if (!has_name || group_->commit_time_us == 0) return false;
  if (!group_->xa.empty() || group_->subtransaction != 0) return false;
  return std::none_of(group_->changed.begin(), group_->changed.end(),
                      [&](TableIndex table) { return (*tables_)[table].needs_row_store; });
}

std::optional<CommittedTransaction> TransactionReader::take_piece() {
  if (!group_) return std::nullopt;
  const Transaction* here = assembler_->find(group_->id);
  if (here == nullptr) return std::nullopt;
  size_t worth = group_->is_in_pieces ? piece_bytes_.next : piece_bytes_.first;
  bool is_worth = here->memory_bytes() >= worth || here->spilled();
  if (!is_worth || !may_give_piece()) return std::nullopt;
  group_->is_in_pieces = true;
  CommittedTransaction piece = to_give(*group_, assembler_->take(group_->id));
  piece.altered.clear();  // they are told with the rest
  return piece;
}

// What servers never do in the middle of a transaction that began as one.
Status TransactionReader::check_not_in_pieces() const {
  if (!group_->is_in_pieces) return Ok();
  return Error::permanent(
      "an XA statement or a TRUNCATE stands inside of a transaction that is none");
}

}  // namespace leat::cdc::mysql

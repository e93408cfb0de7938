// What the binlog holds as text, and what it does to the tables.
#include <algorithm>
#include <iterator>
#include <utility>

#include "cdc/mysql/query_statement.h"
#include "cdc/mysql/transaction_reader.h"

namespace leat::cdc::mysql {
namespace {

constexpr const char* kNotRowFormat =
    "a statement that changes it, or may by a trigger, a view or a function, was logged as text: "
    "SET "
    "GLOBAL binlog_format = ROW";

// They stand in the log as reasons of stops, and are known again by a later process.
constexpr const char* kAltered =
    "was altered, or may have been, by a statement; what it did to rows is not sent";
// So that it is copied anew.
constexpr const char* kReasons[] = {kAltered, kChangedAndRolledBack, kSkippedInXa};

}  // namespace

bool is_of_alteration(const std::string& reason) {
  return std::any_of(std::begin(kReasons), std::end(kReasons),
                     [&](const char* one) { return reason.find(one) != std::string::npos; });
}

TransactionReader::Outcome TransactionReader::on(const Event& event, const Query& query) {
  Statement statement = read_query_statement(query);
  // Of a temporary table, perhaps, that has a captured one's name: a copy tells.
  bool is_doubtful = statement.kind == StatementKind::truncate && event.header.thread_specific();
  if (is_doubtful) statement.kind = StatementKind::alters_tables;
  if (!group_) return outside_of_group(statement);
  // Of what was taken before, only prepared transactions are read again.
  bool is_xa = !group_->xa.empty() || statement.kind == StatementKind::xa_start ||
               statement.kind == StatementKind::xa_commit ||
               statement.kind == StatementKind::xa_rollback;
  if (group_->is_taken && !is_xa) return nothing();
  return take(event, statement);
}

// Servers without GTID events are too old; what cannot concern us may stand anywhere.
TransactionReader::Outcome TransactionReader::outside_of_group(const Statement& statement) const {
  bool concerns_us = std::any_of(tables_->begin(), tables_->end(), [&](const CapturedTable& table) {
    return statement.kind != StatementKind::harmless && statement.concerns(table.name);
  });
  if (!concerns_us) return nothing();
  return Error::permanent("a statement on captured tables stands outside of a transaction");
}

TransactionReader::Outcome TransactionReader::take(const Event& event, const Statement& statement) {
  switch (statement.kind) {
    case StatementKind::xa_start:
      group_->xa = statement.id;
      [[fallthrough]];
    case StatementKind::begin:
      group_->is_open = true;
      return nothing();
    case StatementKind::commit:
      return commit(event);
    case StatementKind::rollback:
      return roll_back(event);
    case StatementKind::xa_commit:
    case StatementKind::xa_rollback:
      return end_prepared(event, statement);
    case StatementKind::savepoint:
      group_->begin_savepoint(statement.id);
      return nothing();
    case StatementKind::rollback_to:
      group_->roll_back_to(statement.id, [&](uint32_t subtransaction) {
        assembler_->abort_subtransaction(group_->id, subtransaction);
      });
      return nothing();
    default:
      LEAT_RETURN_IF_ERROR(apply(statement));
      return group_->is_open ? nothing() : commit(event);
  }
}

Status TransactionReader::apply(const Statement& statement) {
  if (statement.kind == StatementKind::harmless) return Ok();
  for (uint32_t i = 0; i < tables_->size(); ++i) {
    TableIndex table(i);
    if (!may_change(statement, table)) continue;
    // One whose name differs by its case is another, or the same: a copy tells.
    bool is_named = statement.names((*tables_)[table].name);
    if (statement.kind == StatementKind::truncate && is_named) {
      LEAT_RETURN_IF_ERROR(truncate(table));
    } else if (statement.kind == StatementKind::changes_rows) {
      fail(table, kNotRowFormat);
    } else if (statement.kind == StatementKind::creates_table) {
      note_made_again(table);
    } else {
      alter(table, kAltered);
    }
  }
  return Ok();
}

bool TransactionReader::may_change(const Statement& statement, TableIndex table) const {
  const TableForm& form = (*forms_)[table.value()];
  if (statement.kind == StatementKind::drops_indexes && form.key_is_primary) return false;
  if (statement.concerns((*tables_)[table].name)) return true;
  if (statement.kind != StatementKind::changes_rows) return false;
  return std::any_of(form.ways_to_it.begin(), form.ways_to_it.end(),
                     [&](const std::string& name) { return statement.concerns(name); });
}

Status TransactionReader::truncate(TableIndex table) {
  if ((*tables_)[table].stopped_reason) return Ok();
  LEAT_RETURN_IF_ERROR(check_not_in_pieces());
  PendingChange change;
  change.kind = ChangeKind::truncate;
  change.table = table;
  change.subtransaction = group_->subtransaction;
  return assembler_->add(group_->id, change);
}

void TransactionReader::fail(TableIndex table, std::string reason) {
  // A stop by one of the pieces goes with them.
  if ((*tables_)[table].stopped_reason && !group_->voids_pieces) return;
  assembler_->add_failure(group_->id, {table, group_->subtransaction, std::move(reason)});
}

// A table that was dropped could not be copied until now.
void TransactionReader::note_made_again(TableIndex table) {
  const auto& reason = (*tables_)[table].stopped_reason;
  if (reason && is_of_alteration(*reason)) EventGroup::note(table, &group_->altered);
}

void TransactionReader::alter(TableIndex table, const std::string& why) {
  fail(table, why);
  EventGroup::note(table, &group_->altered);
}

}  // namespace leat::cdc::mysql

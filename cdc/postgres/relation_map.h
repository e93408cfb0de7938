// Which captured table a relation of the stream is, and whether its rows still have the form that
// they were captured in. A relation is known by its OID: a table that was renamed, if only for a
// while, is still the one that was captured, and another of its name is not.
//
// Relation messages sent inside a streamed transaction count for that transaction alone until it
// commits (the server's own rule: get_schema_sent_in_streamed_txn); then they count for all.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "cdc/postgres/pgoutput.h"
#include "cdc/table.h"
#include "cdc/transaction_assembler.h"

namespace leat::cdc {

struct RelationBinding {
  std::optional<TableIndex> table;  // none: not captured
  std::string mismatch;             // why its rows cannot be read; empty: they can
};

// Whether RELATION's rows are those of TABLE; the reason where not.
std::string describe_mismatch(const pgoutput::Relation& relation, const CapturedTable& table);

// The captured tables' OIDs, as far as they are known.
using RelationOids = std::map<TableIndex, pgoutput::RelationOid>;

class RelationMap {
 public:
  RelationMap(const TableSet* tables, RelationOids oids);

  // A Relation message, inside the streamed transaction STREAMED or outside of any.
  void set(const pgoutput::Relation& relation, std::optional<TransactionId> streamed);
  // What RELATION means there. Null: the server never said.
  const RelationBinding* find(pgoutput::RelationOid relation,
                              std::optional<TransactionId> streamed) const;
  // The end of a streamed transaction; whether it had any Relation message.
  bool commit(TransactionId streamed);
  void abort(TransactionId streamed) { streamed_.erase(streamed); }
  // A new connection: the server will say all again.
  void clear();

 private:
  using Bindings = std::unordered_map<pgoutput::RelationOid, RelationBinding>;

  RelationBinding bind(const pgoutput::Relation& relation) const;

  const TableSet* tables_;
  RelationOids oids_;
  std::unordered_map<std::string, TableIndex> by_name_;
  std::unordered_map<pgoutput::RelationOid, TableIndex> by_oid_;
  Bindings bindings_;
  std::map<TransactionId, Bindings> streamed_;
};

}  // namespace leat::cdc

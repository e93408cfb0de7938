// Turns the messages of a replication stream into committed transactions.
//
//   message ─▶ decode ─▶ relation: its table ─▶ tuples: key and rows ─▶ assembler ─▶ at a commit:
//   whole
//
// A change that cannot be decoded is noted as its table's failure in that transaction; only a
// message that cannot be read at all is an error.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cdc/postgres/lsn.h"
#include "cdc/postgres/pgoutput.h"
#include "cdc/postgres/relation_map.h"
#include "cdc/postgres/row_builder.h"
#include "cdc/table.h"
#include "cdc/transaction_assembler.h"
#include "log/base/status.h"

namespace leat::cdc {

struct CommittedTransaction {
  Transaction transaction;
  Lsn end_lsn;
  int64_t commit_time_us = 0;  // since 1970
  // The server said anew what a table is: because of the connection, or of what was done to it.
  bool describes_tables = false;
};

// One thread.
class TransactionReader {
 public:
  // Both must outlive it; the tables' schemas must not change. OIDS: as RelationMap's.
  TransactionReader(const TableSet* tables, TransactionAssembler* assembler, RelationOids oids);

  // Takes one message; gives the transaction that it commits, if it does.
  Result<std::optional<CommittedTransaction>> on_message(std::string_view bytes);
  // A new connection: what is open will be sent again.
  void reset();

  // Inside a transaction that is being sent: a keepalive's position does not lie behind it.
  bool in_transaction() const { return current_.has_value(); }

 private:
  // The transaction that changes belong to just now.
  struct Current {
    TransactionId id;
    bool streamed = false;
    bool describes_tables = false;
  };
  // What a table's tuples are decoded with.
  struct Builders {
    explicit Builders(const Schema& schema) : before(schema), after(schema) {}
    RowBuilder before;
    RowBuilder after;
  };

  Status on(const pgoutput::Begin& message);
  Status on(const pgoutput::StreamStart& message);
  Status on(const pgoutput::StreamStop& message);
  Status on(const pgoutput::StreamAbort& message);
  Status on(const pgoutput::Relation& message);
  Status on(const pgoutput::Insert& message);
  Status on(const pgoutput::Update& message);
  Status on(const pgoutput::Delete& message);
  Status on(const pgoutput::Truncate& message);
  // Origin, Type, LogicalMessage, and the commits, which on_message handles.
  template <class Other>
  Status on(const Other&) {
    return Ok();
  }

  CommittedTransaction commit(TransactionId id, Lsn end_lsn, int64_t commit_time_us,
                              bool describes_tables);
  std::optional<TransactionId> streamed() const;
  uint32_t subtransaction(pgoutput::Xid xid) const;
  // The table of a change, unless it is none of ours or cannot go on.
  Result<std::optional<TableIndex>> table_of(pgoutput::RelationOid relation, pgoutput::Xid xid);
  Status decode(const pgoutput::Insert& message, Builders* with, PendingChange* change);
  Status decode(const pgoutput::Update& message, Builders* with, PendingChange* change);
  Status decode(const pgoutput::Delete& message, Builders* with, PendingChange* change);
  Status decode_old(pgoutput::OldTuple kind, const pgoutput::Tuple& tuple, Builders* with,
                    std::string* key, PendingChange* change);
  Status decode_new(Builders* with, PendingChange* change);
  template <class RowMessage>
  Status on_row(ChangeKind kind, const RowMessage& message);
  void fail(TableIndex table, pgoutput::Xid xid, std::string reason);

  const TableSet* tables_;
  TransactionAssembler* assembler_;
  RelationMap relations_;
  std::vector<std::unique_ptr<Builders>> builders_;  // by table
  std::optional<Current> current_;

  // The bytes of the change being decoded.
  std::string key_;
  std::string old_key_;
  std::string before_;
  std::string after_;
  std::string unchanged_;
};

}  // namespace leat::cdc

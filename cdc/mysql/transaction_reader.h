// Turns the events of a binlog into committed transactions.
//
//   event ─▶ decode ─▶ payload, fragments: the events inside ─▶ TABLE_MAP: its table ─▶ rows: keys
//   and rows ─▶ assembler ─▶ at a commit: whole
//
// The binlog is a row of groups, each of which is one transaction, and stands there only once it
// has committed (or was prepared):
//
//   GTID  BEGIN  TABLE_MAP rows TABLE_MAP rows …  XID                     a transaction
//   GTID  BEGIN  TABLE_MAP rows …                 COMMIT                  of tables without them
//   GTID  TRUNCATE, CREATE, ALTER …                                       a statement of its own
//   GTID  XA START  TABLE_MAP rows …  XA END      XA PREPARE              prepared …
//   GTID  XA COMMIT (or XA ROLLBACK)                                      … and its outcome
//
// (MariaDB's GTID event is BEGIN too. ANONYMOUS stands for GTID where they are off.) What was
// prepared is kept here until its outcome is known; so that it survives a restart, the position
// that reading begins from stays before the first of them (StreamPosition).
//
// Because the server sends only what has committed, a large transaction need not wait for its end:
// it can be had in pieces. What may still turn out not to count, cannot: an XA transaction, what
// stands behind a SAVEPOINT. That is left to the two things that may happen to any group: one is
// rolled back after all (a table without transactions was changed in it), or ends in the middle
// (the server crashed while it wrote). Then its pieces never were.
//
// A row that cannot be read is noted as its table's failure in that transaction; only an event that
// cannot be read at all is an error.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cdc/mysql/binding_map.h"
#include "cdc/mysql/binlog/event_decoder.h"
#include "cdc/mysql/binlog/fragment_joiner.h"
#include "cdc/mysql/binlog/rows_event.h"
#include "cdc/mysql/event_group.h"
#include "cdc/mysql/file_place.h"
#include "cdc/mysql/row_changes.h"
#include "cdc/mysql/statement.h"
#include "cdc/mysql/stream_position.h"
#include "cdc/transaction_assembler.h"

namespace leat::cdc::mysql {

struct CommittedTransaction {
  Transaction transaction;  // without changes: it did nothing to captured tables
  uint64_t number = 0;      // the GTID's last part
  std::string id;           // the GTID, or file:offset
  int64_t commit_time_us = 0;
  // Tables that can only go on with a new snapshot; each has a failure in the transaction.
  std::vector<TableIndex> altered;
  // What was given of it in pieces was rolled back.
  bool voids_pieces = false;
};

// An XA transaction changed the table while it was stopped, and committed when it was no longer.
inline constexpr const char* kSkippedInXa =
    "was copied anew while an XA transaction that had changed it was prepared";

inline constexpr const char* kChangedAndRolledBack =
    "was changed in a transaction that was rolled back, and may have no transactions";

// Whether a table was stopped for a REASON that a copy of it ends, like a statement that may have
// altered it.
bool is_of_alteration(const std::string& reason);

// A piece is worth having from so many bytes of changes on.
struct PieceBytes {
  size_t first = 8 << 20;  // smaller transactions come whole, and share a cut with others
  size_t next = 512 << 10;
};

// One thread.
class TransactionReader {
 public:
  // TABLES, FORMS (an entry for each table) and ASSEMBLER must outlive it. Transactions of POSITION
  // are not given again.
  TransactionReader(const TableSet* tables, const std::vector<TableForm>* forms,
                    TransactionAssembler* assembler, StreamPosition position,
                    PieceBytes piece_bytes = {});

  // A new connection to SERVER, whose dump begins at position().start(): what is open will be sent
  // again. CHECKSUM: how its events are checked until they say it themselves.
  void connected(ChecksumKind checksum, std::string server);

  // Takes one event; gives the transaction that it ends, if it does. position() is behind it then.
  Result<std::optional<CommittedTransaction>> on_event(std::string_view bytes);
  // What is here of a transaction whose end is not; none where that is little, or where it cannot
  // be had in pieces. What on_event() gives of it later is the rest. Pieces of a transaction are
  // void when in_transaction() becomes false without one being given.
  std::optional<CommittedTransaction> take_piece();
  // The next transaction is given whole.
  void hold_next() { holds_next_ = true; }

  // The tables, or their schemas, are others now. Only between transactions.
  void tables_changed();

  // Behind the last transaction that was given.
  const StreamPosition& position() const { return position_; }
  // Where the server is that events come from; also where nothing of it is for us.
  const FilePlace& place() const { return place_; }
  // The error was that an XA transaction commits whose rows lie before what was read.
  bool misses_xa() const { return misses_xa_; }
  bool in_transaction() const { return group_.has_value() && !group_->is_taken; }

 private:
  // An XA transaction whose outcome is not known.
  struct Prepared {
    std::string xa;
    TransactionId id;
    Position before;
    std::vector<TableIndex> skipped = {};  // their rows were not kept, as they were stopped
  };
  using Outcome = Result<std::optional<CommittedTransaction>>;

  Outcome read(const Event& event);
  Outcome on(const Event& event, const TransactionPayload& payload);
  Outcome on(const Event& event, const RowsFragment& fragment);
  Outcome on(const Event& event, const GtidEvent& gtid);
  Outcome on(const Event& event, const MariadbGtid& gtid);
  Outcome on(const Event& event, const Query& query);
  Outcome on(const Event& event, const Xid& xid);
  Outcome on(const Event& event, const XaPrepare& prepare);
  Outcome on(const Event& event, const FormatDescription& format);
  Outcome on(const Event& event, const Rotate& rotate);
  Outcome on(const Event& event, const Heartbeat& heartbeat);
  Outcome on(const Event& event, const TableMapEvent& map);
  Outcome on(const Event& event, const RowsEvent& rows);
  Outcome on(const Event& event, const Incident& incident);
  template <class Other>
  Outcome on(const Event&, const Other&) {
    return nothing();
  }
  static Outcome nothing() { return std::optional<CommittedTransaction>(); }

  Outcome begin_group(EventGroup group);
  Status check_order(const EventGroup& group) const;
  void drop_group();
  void mark_end(std::string_view event);
  Outcome end_group(const Event& event, Transaction transaction);
  Outcome commit(const Event& event);
  Outcome roll_back(const Event& event);
  Outcome prepare(const Event& event);
  Outcome end_prepared(const Event& event, const Statement& statement);
  Outcome take(const Event& event, const Statement& statement);
  Status apply(const Statement& statement);
  bool may_change(const Statement& statement, TableIndex table) const;
  Status truncate(TableIndex table);
  RowChanges& rows_of(TableIndex table);
  Status take_rows(const BoundTable& bound, const RowsEvent& event);
  Outcome outside_of_group(const Statement& statement) const;
  void fail(TableIndex table, std::string reason);
  void alter(TableIndex table, const std::string& why);
  void note_made_again(TableIndex table);
  bool may_give_piece() const;
  CommittedTransaction to_give(const EventGroup& group, Transaction transaction) const;
  Status check_not_in_pieces() const;
  bool was_taken(const EventGroup& group) const;
  void advance(const EventGroup& group);
  std::string id_of(const EventGroup& group) const;

  const TableSet* tables_;
  const std::vector<TableForm>* forms_;
  TransactionAssembler* assembler_;
  EventDecoder decoder_{ChecksumKind::none};
  FragmentJoiner joiner_;
  BindingMap bindings_;
  std::vector<std::unique_ptr<RowChanges>> rows_;  // by table; null: none yet
  std::string server_;
  FilePlace place_;
  StreamPosition position_;
  std::optional<EventGroup> group_;
  const PieceBytes piece_bytes_;
  bool holds_next_ = false;
  bool misses_xa_ = false;
  uint64_t next_id_ = 1;
  std::vector<Prepared> prepared_;  // in their order
};

}  // namespace leat::cdc::mysql

// Brings committed transactions into the log, in order, exactly once.
//
// Whole transactions gather in one open CommitUnit; who drives the source decides when it is
// submitted: at once when nothing more is at hand, later when more is, so that many small
// transactions share a cut. The source's position goes with the unit: the log never holds one
// without the other, and a transaction at or below the position that was taken is dropped.
//
// A large transaction is a unit of its own, in parts: what is complete of it goes to the log while
// the rest is still read back from its spill.
//
//   spill ─▶ completion ─▶ part ─▶ log │ … ─▶ part ─▶ log │ … ─▶ last part, with the position ─▶
//   cut
//
// Where a table stops or is truncated on the way, what earlier parts hold of it is voided. So that
// this stays possible, switches to new generations and stops wait for the last part.
//
// Where the source sends only what has committed, parts begin before the end is here: pieces of the
// transaction are ingested as they come. Should its end never come, all of it is abandoned. So its
// pieces may leave nothing behind but parts: no row images.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cdc/completion.h"
#include "cdc/table.h"
#include "cdc/transaction_assembler.h"
#include "log/change_log.h"

namespace leat::cdc {

struct CommitInfo {
  TransactionId transaction;
  int64_t commit_time_us = 0;        // since 1970
  std::string_view commit_position;  // for the change header; compares as the commits' order does
  std::string_view source_position;  // for the log: reading goes on behind it
};

// One thread.
class Ingestor final : private ChangeSink {
 public:
  // Prints a commit position for a person.
  using DescribePosition = std::string (*)(std::string_view commit_position);

  // All must outlive it.
  Ingestor(std::string source, log::ChangeLog* log, TableSet* tables, RowImages* rows,
           DescribePosition describe_position);

  // A transaction of more records than this goes to the log in parts of about as much.
  static constexpr size_t kPartBytes = 8 << 20;

  // Adds a transaction to the open unit. One with a TRUNCATE, and a large one, have a unit of their
  // own; a large one is submitted when this returns. After an error nothing more may be ingested in
  // this process.
  Status ingest(const Transaction& transaction, const CommitInfo& commit);
  // A piece of a transaction that has committed and whose end is not here yet: of tables without
  // row images, without a TRUNCATE. ingest() with the rest of it and the same COMMIT ends it; until
  // then nothing else may be ingested, and submit() does nothing. Other writers' commits wait
  // meanwhile. After an error it can only be abandoned.
  Status ingest_piece(const Transaction& piece, const CommitInfo& commit);
  bool is_in_pieces() const { return parts_ != nullptr; }
  // Its end will not come: as if none of its pieces had. Nothing where there are none.
  void abandon_pieces();
  // Moves the source's position without a change.
  void advance(std::string_view source_position);
  // Marks a table stopped, for a reason outside of any transaction. What is open goes to the log
  // first, as a stopped topic takes no records in the cut that stops it; should that fail, the next
  // submit() says so too.
  void stop_table(TableIndex table, std::string reason);

  bool has_open_unit() const { return open_ && !is_in_pieces(); }
  size_t open_bytes() const { return open_bytes_; }
  // Submits the open unit, if there is one. Blocks while the log's queue is full.
  Status submit();

  // The newest source position that is durable, of those that came through here; empty: none yet.
  const std::string& durable_position();
  // Nothing open and nothing on its way.
  bool idle();
  // When the oldest transaction that is not durable yet was committed; 0 when idle.
  int64_t oldest_commit_time_us();
  // Submits what is open and waits until all is durable; false on timeout.
  Result<bool> drain(std::chrono::milliseconds timeout);

  uint64_t changes_total() const { return changes_total_; }
  uint64_t transactions_total() const { return transactions_total_; }

 private:
  // The records of a table in the open unit.
  struct TableBuffer {
    std::vector<log::RecordBuffer> partitions;
    uint64_t transaction = 0;  // the last one that touched it, by transaction_number_
    std::vector<log::RecordBuffer::Mark> marks;  // where that one began
    GenerationId generation_before;              // it was appended to when that one began
    bool in_unit = false;
  };
  struct TableRecords {
    TableIndex table;
    std::vector<log::RecordBuffer> partitions;
  };

  // A submitted unit.
  struct InFlight {
    log::Ticket ticket;
    std::string position;
    int64_t oldest_commit_time_us;
  };

  Status begin(const Transaction& transaction, const CommitInfo& commit);
  Status take(const Transaction& transaction);
  void take_failures(const Transaction& transaction);
  Status submit_unit();
  Status change(const CompleteChange& change) override;
  void truncate(TableIndex table) override;
  void stop(TableIndex table, std::string reason) override;

  TableBuffer& touch(TableIndex table);
  static void rewind(TableBuffer& buffer);
  void mark_stopped(TableIndex table, std::string reason);
  Status submit_earlier();
  Status begin_parts();
  Status send_part();
  void void_parts(GenerationId generation);
  void remove_generation_edits(const std::string& topic);
  std::string in_transaction(const std::string& reason) const;
  std::vector<log::PartitionAppend> take_appends();
  std::vector<TableRecords> take_transaction();
  void put_transaction(std::vector<TableRecords> records);
  void forget_durable();

  std::string source_;
  log::ChangeLog* log_;
  TableSet* tables_;
  RowImages* rows_;
  Completion completion_;
  DescribePosition describe_position_;

  bool open_ = false;
  size_t open_bytes_ = 0;
  std::vector<log::TopicEdit> edits_;
  size_t edits_before_ = 0;           // the transaction being taken
  std::vector<TableIndex> stops_;     // that one does
  std::vector<TableBuffer> buffers_;  // by table
  std::vector<TableIndex> touched_;   // tables with records in the open unit
  std::optional<std::string> position_;
  int64_t open_since_us_ = 0;  // commit time of its first transaction
  // Of a large transaction that is being taken.
  std::unique_ptr<log::UnitWriter> parts_;     // null: nothing was sent of it yet
  std::set<GenerationId> sent_;                // what its parts appended to
  std::vector<GenerationId> voids_;            // of them, for the next part
  std::vector<GenerationId> new_generations_;  // for its TRUNCATEs
  std::deque<InFlight> in_flight_;
  std::string durable_position_;

  CommitInfo commit_;                // of the transaction being ingested
  uint64_t transaction_number_ = 0;  // it, counted from 1
  uint64_t change_index_ = 0;
  std::string value_;
  std::string header_;
  uint64_t changes_total_ = 0;
  uint64_t transactions_total_ = 0;
};

}  // namespace leat::cdc

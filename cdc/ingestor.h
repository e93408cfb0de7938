// Brings committed transactions into the log, in order, exactly once.
//
// Whole transactions gather in one open CommitUnit; who drives the source decides when it is
// submitted: at once when nothing more is at hand, later when more is, so that many small
// transactions share a cut. The source's position goes with the unit: the log never holds one without
// the other, and a transaction at or below the position that was taken is dropped.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "cdc/completion.h"
#include "cdc/table.h"
#include "cdc/transaction_assembler.h"
#include "log/change_log.h"

namespace leat::cdc {

struct CommitInfo {
  TransactionId transaction;
  int64_t commit_time_us = 0;  // since 1970
  std::string_view commit_position;  // for the change header
  std::string_view source_position;  // for the log: reading goes on behind it
};

// One thread.
class Ingestor final : private ChangeSink {
 public:
  // All must outlive it.
  Ingestor(std::string source, log::ChangeLog* log, TableSet* tables, RowImages* rows);

  // Adds a transaction to the open unit (submitting that first where a TRUNCATE needs a unit of its
  // own). After an error nothing more may be ingested in this process.
  Status ingest(const Transaction& transaction, const CommitInfo& commit);
  // Moves the source's position without a change.
  void advance(std::string_view source_position);
  // Marks a table stopped, outside of a transaction.
  void stop_table(TableIndex table, std::string reason);

  bool has_open_unit() const { return open_; }
  size_t open_bytes() const { return open_bytes_; }
  // Nothing open: no ticket.
  Result<std::optional<log::Ticket>> submit();

  uint64_t changes_total() const { return changes_total_; }
  uint64_t transactions_total() const { return transactions_total_; }

 private:
  // The records of a table in the open unit.
  struct TableBuffer {
    std::vector<log::RecordBuffer> partitions;
    uint64_t transaction = 0;  // the last one that touched it, by transactions_total_
    std::vector<log::RecordBuffer::Mark> marks;  // where that one began
    GenerationId generation_before;              // it was appended to when that one began
    bool in_unit = false;
  };

  void change(const CompleteChange& change) override;
  void truncate(TableIndex table) override;
  void stop(TableIndex table, std::string reason) override;

  TableBuffer& touch(TableIndex table);
  void rewind(TableIndex table);
  void remove_generation_edits(const std::string& topic);
  log::CommitUnit take_unit();

  std::string source_;
  log::ChangeLog* log_;
  TableSet* tables_;
  Completion completion_;

  bool open_ = false;
  size_t open_bytes_ = 0;
  std::vector<log::TopicEdit> edits_;
  std::vector<TableBuffer> buffers_;   // by table
  std::vector<TableIndex> touched_;    // tables with records in the open unit
  std::optional<std::string> position_;

  CommitInfo commit_;  // of the transaction being ingested
  uint64_t change_index_ = 0;
  std::string value_;
  std::string header_;
  uint64_t changes_total_ = 0;
  uint64_t transactions_total_ = 0;
};

}  // namespace leat::cdc

// What a source's thread keeps from one connection to the next, whichever the database: the tables
// as the log knows them, the row store, the open transactions, the ingestor.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "cdc/ingestor.h"
#include "cdc/resumption.h"
#include "cdc/row_store.h"
#include "cdc/table.h"
#include "cdc/transaction_assembler.h"
#include "log/change_log.h"

namespace leat::cdc {

struct IngestOptions {
  std::string source;
  std::string spill_dir;
  size_t transaction_memory_bytes_max = 64 << 20;
  Ingestor::DescribePosition describe_position = nullptr;
};

// One thread.
class IngestSession {
 public:
  // Takes the tables up where the log has them: reads it for the row store. LOG and ROWS must
  // outlive it.
  static Result<std::unique_ptr<IngestSession>> open(const IngestOptions& options,
                                                     log::ChangeLog* log, RowStore* rows,
                                                     Resumption resumed);
  IngestSession(const IngestSession&) = delete;  // its parts point to each other

  // After an error only a new process can go on: it is a permanent one.
  Status ingest(const Transaction& transaction, const CommitInfo& commit);
  Status ingest_piece(const Transaction& piece, const CommitInfo& commit);
  // What is due now and then: the row store's flush, when it is large or old.
  Status maintain();
  // That flush waits until the log has everything that was ingested: nothing may be ingested now.
  bool waits_for_log() const { return waits_for_log_; }
  // Submits what is open, waits until all is durable, and the rows on disk.
  Status drain(std::chrono::milliseconds timeout);
  // Commits UNIT (snapshot_copy.h's switch_unit()), whose generations the tables have already;
  // their rows are taken from the log. Everything that was ingested must be durable.
  Status switch_generations(log::CommitUnit unit);
  // Stops a table for a reason that the stream does not show.
  void stop_table(TableIndex table, std::string reason);

  TableSet& tables() { return tables_; }
  const TableSet& tables() const { return tables_; }
  TransactionAssembler& assembler() { return assembler_; }
  Ingestor& ingestor() { return ingestor_; }
  const Ingestor& ingestor() const { return ingestor_; }
  log::ChangeLog& log() const { return *log_; }
  // Tables of the server that are not captured, and why.
  const std::vector<StoppedTable>& refused() const { return refused_; }

 private:
  IngestSession(const IngestOptions& options, log::ChangeLog* log, RowStore* rows,
                Resumption resumed, TransactionAssembler assembler);
  Status flush_rows();

  log::ChangeLog* log_;
  RowStore* rows_;
  std::chrono::nanoseconds rows_flushed_at_;
  bool waits_for_log_ = false;
  TableSet tables_;
  std::vector<StoppedTable> refused_;
  TransactionAssembler assembler_;
  Ingestor ingestor_;
};

}  // namespace leat::cdc

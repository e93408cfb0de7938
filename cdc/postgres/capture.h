// What a source's thread keeps from one connection to the next: the tables as the log knows them,
// the row store, the open transactions, the ingestor.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cdc/ingestor.h"
#include "cdc/postgres/catalog.h"
#include "cdc/postgres/position.h"
#include "cdc/postgres/source.h"
#include "cdc/postgres/table_files.h"
#include "cdc/postgres/transaction_reader.h"
#include "cdc/row_store.h"
#include "cdc/source.h"
#include "cdc/table.h"
#include "cdc/transaction_assembler.h"
#include "log/change_log.h"

namespace leat::cdc {

// The tables of the server, sorted out.
struct CapturePlan {
  TableSet tables;                    // can be captured; without ids
  std::vector<TableFacts> facts;      // of each of them
  std::vector<StoppedTable> refused;  // cannot, and why
};
CapturePlan plan_captures(const std::vector<TableFacts>& facts, const std::string& source,
                          const std::string& role);

class Capture {
 public:
  // Takes the tables up where the log has them, those of POSITION's source; tables whose form is no
  // longer what the log holds, and those that are gone, are stopped. Reads the log for the row
  // store.
  static Result<std::unique_ptr<Capture>> resume(const PostgresConfig& config, log::ChangeLog* log,
                                                 RowStore* rows, const CapturePlan& plan);

  // One message of the stream. Transactions at or below the position are dropped.
  Status on_message(std::string_view bytes);
  // The server has nothing more for us up to WAL_END.
  Status advance(Lsn wal_end);
  // After the connection was lost: what is open will be sent again.
  void reset_stream();
  // What is due now and then: the row store's flush, when it is large or old.
  Status maintain();
  // That flush waits until the log has everything that was ingested: nothing may be ingested now.
  bool waits_for_log() const { return waits_for_log_; }
  // Submits what is open, waits until all is durable, and the rows on disk.
  Status drain(std::chrono::milliseconds timeout);
  // The tables' files as of the last store_files(), also of an earlier process.
  Result<TableFiles> stored_files() const;
  Status store_files(const TableFiles& files);
  // Stops a table for a reason that the stream does not show.
  void stop_table(TableIndex table, std::string reason);

  TableSet& tables() { return tables_; }
  Ingestor& ingestor() { return ingestor_; }
  bool in_transaction() const { return reader_.in_transaction(); }
  // Everything at or below it was taken.
  Lsn position() const { return position_.lsn; }
  // Everything at or below it is durable.
  Lsn durable_position();
  // Tables of the server that were not there at the snapshot.
  const std::vector<StoppedTable>& refused() const { return refused_; }

 private:
  Capture(const PostgresConfig& config, log::ChangeLog* log, RowStore* rows, Position position,
          TableSet tables, TransactionAssembler assembler);

  Status ingest(const CommittedTransaction& committed);
  Status flush_rows();

  std::string source_;
  log::ChangeLog* log_;
  RowStore* rows_;
  Position position_;
  Lsn durable_;
  std::chrono::nanoseconds rows_flushed_at_;
  bool waits_for_log_ = false;
  TableSet tables_;
  std::vector<StoppedTable> refused_;
  TransactionAssembler assembler_;
  TransactionReader reader_;
  Ingestor ingestor_;
};

}  // namespace leat::cdc

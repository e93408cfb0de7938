// What a PostgreSQL source's thread keeps from one connection to the next.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cdc/ingest_session.h"
#include "cdc/postgres/capture_plan.h"
#include "cdc/postgres/position.h"
#include "cdc/postgres/source.h"
#include "cdc/postgres/table_identity.h"
#include "cdc/postgres/transaction_reader.h"
#include "cdc/row_store.h"
#include "cdc/source.h"
#include "log/change_log.h"

namespace leat::cdc {

class Capture {
 public:
  // Takes the tables up where the log has them, those of POSITION's source; tables whose form is no
  // longer what the log holds, and those that are gone, are stopped. Reads the log for the row
  // store.
  static Result<std::unique_ptr<Capture>> resume(const PostgresConfig& config, log::ChangeLog* log,
                                                 RowStore* rows, const CapturePlan& plan);

  // What is done before a transaction counts; its error leaves it out.
  using BeforeCommit = std::function<Status(CommittedTransaction*)>;

  // One message of the stream. Transactions at or below the position are dropped.
  Status on_message(std::string_view bytes, const BeforeCommit& before_commit);
  // The server has nothing more for us up to WAL_END.
  Status advance(Lsn wal_end);
  // After the connection was lost: what is open will be sent again.
  void reset_stream();
  // As IngestSession's.
  Status maintain() { return session_->maintain(); }
  bool waits_for_log() const { return session_->waits_for_log(); }
  Status drain(std::chrono::milliseconds timeout) { return session_->drain(timeout); }
  void stop_table(TableIndex table, std::string reason) {
    session_->stop_table(table, std::move(reason));
  }
  // As of the last store_identities(), also of an earlier process.
  Result<TableIdentities> stored_identities() const;
  Status store_identities(const TableIdentities& tables);

  TableSet& tables() { return session_->tables(); }
  Ingestor& ingestor() { return session_->ingestor(); }
  IngestSession& session() { return *session_; }
  bool in_transaction() const { return reader_.in_transaction(); }
  // Everything at or below it was taken.
  Lsn position() const { return position_.lsn; }
  // Everything at or below it is durable.
  Lsn durable_position();
  // Tables of the server that were not there at the snapshot.
  const std::vector<StoppedTable>& refused() const { return session_->refused(); }

 private:
  Capture(const PostgresConfig& config, Position position, std::unique_ptr<IngestSession> session,
          const TableIdentities& identities);

  Status ingest(const CommittedTransaction& committed);

  std::string source_;
  Position position_;
  Lsn durable_;
  std::unique_ptr<IngestSession> session_;
  TransactionReader reader_;
};

}  // namespace leat::cdc

// What a MySQL source's thread keeps from one connection to the next.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "cdc/ingest_session.h"
#include "cdc/mysql/capture_rules.h"
#include "cdc/mysql/source.h"
#include "cdc/mysql/stream_position.h"
#include "cdc/mysql/transaction_reader.h"
#include "cdc/row_store.h"
#include "log/change_log.h"

namespace leat::cdc::mysql {

class Capture {
 public:
  // Takes the tables up where the log has them, at POSITION.
  static Result<std::unique_ptr<Capture>> resume(const MysqlConfig& config, log::ChangeLog* log,
                                                 RowStore* rows, const CapturePlan& plan,
                                                 StreamPosition position);

  // A new connection to SERVER: its dump begins at position().start().
  void connected(ChecksumKind checksum, const std::string& server) {
    reader_.connected(checksum, server);
  }
  // One event of the stream.
  Status on_event(std::string_view bytes);
  // Now and then: stores how far the stream is where nothing of it was for us.
  Status store_idle_position();

  IngestSession& session() { return *session_; }
  Ingestor& ingestor() { return session_->ingestor(); }
  const TransactionReader& reader() const { return reader_; }
  const StreamPosition& position() const { return reader_.position(); }
  // Everything up to it is durable; as text.
  std::string durable_position();

 private:
  Capture(std::unique_ptr<IngestSession> session, std::vector<TableForm> forms,
          StreamPosition position);
  Status ingest(const CommittedTransaction& committed);

  std::unique_ptr<IngestSession> session_;
  std::vector<TableForm> forms_;  // by the session's tables
  TransactionReader reader_;
  std::string durable_text_;
  bool is_idle_ahead_ = false;  // position() is ahead of what was given to the ingestor
  std::chrono::nanoseconds idle_stored_at_{0};
};

}  // namespace leat::cdc::mysql

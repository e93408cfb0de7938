// What a MySQL source's thread keeps from one connection to the next.
//
// A table that was altered takes no more changes until a copy of it is in:
//
//   ALTER ──▶ stopped: its views freeze ─▶ copied, as of a later position ─▶ the stream has come so
//   far: one cut switches to the copy, and changes go on behind it
#pragma once

#include <chrono>
#include <memory>
#include <optional>
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

// Tables that were copied anew, by name, and the position that the copies are exact at.
struct TableSwitch {
  TableSet tables;  // one that could not be copied has a stopped_reason
  std::vector<TableForm> forms;
  Position at;
};

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
  // It has ended: what is open will be sent again. To be called at once, for others may wait.
  void disconnected() { ingestor().abandon_pieces(); }
  // The transaction that is open is to be taken whole when it is sent again.
  void hold_open_transaction() { reader_.hold_next(); }
  // One event of the stream.
  Status on_event(std::string_view bytes);
  // A transaction has begun to go to the log, and its end is not here: nothing else may be done.
  bool is_in_pieces() const { return session_->ingestor().is_in_pieces(); }
  // Now and then: stores how far the stream is where nothing of it was for us.
  Status store_idle_position();

  // Whether tables are due to be copied anew, and which.
  bool wants_copy() const;
  std::vector<std::string> altered_tables() const;
  // They were copied: switches to them when the stream has come so far.
  Status copied(TableSwitch tables);
  // They cannot be: they stay stopped.
  void give_up_copy() { altered_.clear(); }

  IngestSession& session() { return *session_; }
  Ingestor& ingestor() { return session_->ingestor(); }
  const TransactionReader& reader() const { return reader_; }
  const StreamPosition& position() const { return reader_.position(); }
  // Everything up to it is durable; as text.
  std::string durable_position();

 private:
  Capture(std::string source, std::unique_ptr<IngestSession> session, const CapturePlan& plan,
          StreamPosition position);
  Status take(const CommittedTransaction& committed);
  Status take_piece(const CommittedTransaction& piece);
  Status ingest(const CommittedTransaction& committed);
  void note_altered(TableIndex table);
  bool switch_is_due() const;
  Status switch_tables();
  std::optional<TableIndex> find(const std::string& name) const;

  std::string source_;

  std::unique_ptr<IngestSession> session_;
  std::vector<TableForm> forms_;  // by the session's tables
  TransactionReader reader_;
  std::string durable_text_;
  bool is_idle_ahead_ = false;  // position() is ahead of what was given to the ingestor
  std::chrono::nanoseconds idle_stored_at_{0};
  std::vector<TableIndex> altered_;
  std::chrono::nanoseconds altered_at_{0};   // the last of them
  std::chrono::nanoseconds switched_at_{0};  // the last time
  std::optional<TableSwitch> switch_;        // waits for the stream
};

}  // namespace leat::cdc::mysql

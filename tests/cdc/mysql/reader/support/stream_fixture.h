// Binlog files read by the transaction reader, completed and logged as a source does it; what the
// log then says that the tables hold.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cdc/ingestor.h"
#include "cdc/mysql/transaction_reader.h"
#include "tests/cdc/fake_log.h"
#include "tests/cdc/memory_rows.h"
#include "tests/cdc/mysql/support/binlog_replay.h"
#include "tests/support/process.h"

namespace leat::cdc::mysql::test {

// The bytes of a file of tests/cdc/mysql/fixtures.
std::string fixture_file(const std::string& name);
// The events of a binlog file, without those inside of others.
std::vector<std::string> events_of(const std::string& file);
// The lines of FILE (a fixture's .expected) that say what its tables hold.
std::string expected_tables(const std::string& name);

// The tables that the first TABLE_MAP of each says there are.
struct Catalog {
  TableSet tables;
  std::vector<TableForm> forms;
};
// KEEPS_ROWS: whether rows are kept to complete images that are not whole.
Catalog catalog_of(const std::string& file, bool keeps_rows = true);
// A statement, as a server logs it, with a checksum.
std::string query_event(const std::string& statement);

class StreamFixture {
 public:
  explicit StreamFixture(Catalog catalog, StreamPosition position = {},
                         PieceBytes piece_bytes = {});

  // Gives all EVENTS to the reader, and to the log what comes out; the error of the first that
  // fails.
  Status read(const std::vector<std::string>& events);
  Status read_one(const std::string& event);

  // The connection is lost, and there is a new one.
  void reconnect();
  // How many pieces were taken of transactions whose end was not here.
  size_t pieces() const { return pieces_; }

  // As a new process would go on from what the log holds.
  StreamPosition stored_position() const;

  // "table NAME", then its rows, sorted, columns joined by '|'.
  std::string tables_text() const;
  std::string stopped_reason(const std::string& table) const;
  TransactionReader& reader() { return reader_; }
  const std::vector<std::string>& ids() const { return ids_; }
  const std::vector<int64_t>& commit_times() const { return times_; }
  // The records that the log got, in all.
  size_t record_count() const;
  TableSet& tables() { return catalog_.tables; }

 private:
  std::string table_text(const CapturedTable& table) const;
  Status take_piece();
  void connect();
  bool is_sent(const std::string& event);

  leat::test::TempDir dir_;
  Catalog catalog_;
  TransactionAssembler assembler_;
  cdc::test::FakeLog log_;
  cdc::test::MemoryRows rows_;
  TransactionReader reader_;
  Ingestor ingestor_;
  std::vector<std::string> ids_;
  std::vector<int64_t> times_;
  size_t pieces_ = 0;
  MariadbGtids sent_before_;    // this connection
  bool in_sent_group_ = false;  // the event at hand is of a transaction among them
};

}  // namespace leat::cdc::mysql::test

// Replays a raw binlog file through the decoder into tables in memory, as a reader would: what the
// tables hold at the end is compared with what the server says that they hold.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cdc/mysql/binlog/event_decoder.h"
#include "cdc/mysql/binlog/rows_event.h"
#include "cdc/mysql/binlog/table_map.h"
#include "cdc/mysql/binlog/value_decoder.h"

namespace leat::test {

namespace mysql = cdc::mysql;

using ReplayedRow = std::vector<std::optional<std::string>>;

struct ReplayedTable {
  std::vector<std::string> columns;
  std::vector<ReplayedRow> rows;  // in the order of their insertion, values as Leat prints them
};

struct ReplayedEvent {
  uint64_t position;  // where it begins; where the payload ends that it lies in
  mysql::EventHeader header;
  std::string bytes;
  bool in_payload = false;  // of a transaction payload: without a checksum
};

class BinlogReplay {
 public:
  // How to read a column ("schema.table.column") otherwise than as logged.
  void set_options(const std::string& column, mysql::DecodeOptions options) {
    options_[column] = options;
  }

  // Replays a whole file. The error says where.
  Status run(std::string_view file);

  const std::vector<ReplayedEvent>& events() const { return events_; }
  const std::map<std::string, ReplayedTable>& tables() const { return tables_; }
  const std::map<mysql::EventType, int>& counts() const { return counts_; }
  // Those that GTID events named, as the server prints them.
  const std::vector<std::string>& gtids() const { return gtids_; }
  const std::vector<std::string>& queries() const { return queries_; }

 private:
  struct Mapped {
    mysql::TableMap map;
    std::string name;
    std::vector<std::unique_ptr<mysql::ValueDecoder>> decoders;
  };

  Status replay(uint64_t position, std::string_view bytes, bool in_payload);
  Status apply(const mysql::Event& event);
  Status apply_payload(const mysql::TransactionPayload& payload);
  Status apply_table_map(const mysql::TableMapEvent& event);
  Status apply_rows(const mysql::RowsEvent& event);
  Status apply_row(Mapped& table, const mysql::RowsEvent& event, const mysql::RowsReader& reader);
  Result<ReplayedRow> decode(Mapped& table, const mysql::RowImage& image,
                             const ReplayedRow* before);

  std::map<std::string, mysql::DecodeOptions> options_;
  mysql::EventDecoder decoder_{mysql::ChecksumKind::none};
  mysql::RowsReader reader_;
  std::map<uint64_t, Mapped> mapped_;
  std::vector<ReplayedEvent> events_;
  std::map<std::string, ReplayedTable> tables_;
  std::map<mysql::EventType, int> counts_;
  std::vector<std::string> gtids_;
  std::vector<std::string> queries_;
};

}  // namespace leat::test

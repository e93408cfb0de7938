// A MySQL or MariaDB server as a source: a snapshot, then the binlog, into the log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cdc/mysql/connection.h"
#include "cdc/row_store_table.h"
#include "cdc/source.h"
#include "log/change_log.h"

namespace leat::cdc::mysql {

struct MysqlConfig {
  // The source's name: topics are NAME.DATABASE.TABLE.
  std::string name;
  ConnectOptions connect;
  // database.table, either part may hold * and ?: "shop.*". Case counts.
  std::vector<std::string> tables;
  // Tables whose rows a foreign key's CASCADE or SET NULL may change are captured all the same,
  // though the server does not log those changes.
  bool accept_cascades = false;
  // database.table.column, where * and ? stand as above: DATE, DATETIME and TIMESTAMP columns that
  // are read as text, as the server prints them.
  std::vector<std::string> dates_as_text;
  // What the server knows us by among its replicas.
  uint32_t server_id = 0;

  int32_t partition_count = 4;
  int snapshot_connections = 2;
  // Changes of open transactions kept in memory; above it they spill to files in spill_dir.
  size_t transaction_memory_bytes_max = 64 << 20;
  std::string spill_dir;  // this source's own; what is in it at the start is removed
};

// LOG and the store must outlive the source. Nothing connects before start().
std::unique_ptr<Source> make_mysql_source(MysqlConfig config, log::ChangeLog& log,
                                          RowStoreTable rows);

}  // namespace leat::cdc::mysql

// A PostgreSQL database as a source: a snapshot, then the replication stream, into the log.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cdc/row_store_table.h"
#include "cdc/source.h"
#include "log/change_log.h"

namespace leat::cdc {

struct PostgresConfig {
  // The source's name: topics are NAME.SCHEMA.TABLE, the slot and the publication leat_NAME. Lower
  // case letters, digits and underscores, as PostgreSQL wants of a slot's name.
  std::string name;
  std::string uri;            // postgresql://user@host/database, or libpq's key=value form
  std::string password_file;  // first line is the password; empty: PGPASSWORD, ~/.pgpass, the URI
  // schema.table, either part may hold * and ?: "public.*". Case counts.
  std::vector<std::string> tables;

  int32_t partition_count = 4;
  int snapshot_connections = 2;
  // How often the catalog is looked at for what the stream does not say.
  std::chrono::milliseconds catalog_poll_interval{5000};
  // Changes of open transactions kept in memory; above it they spill to files in spill_dir.
  size_t transaction_memory_bytes_max = 64 << 20;
  std::string spill_dir;  // this source's own; what is in it at the start is removed
};

// LOG and the store must outlive the source. Nothing connects before start().
std::unique_ptr<Source> make_postgres_source(PostgresConfig config, log::ChangeLog& log,
                                             RowStoreTable rows);

}  // namespace leat::cdc

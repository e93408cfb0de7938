// What the server says of itself, of its binlog and of its tables. Read only; SELECT on the tables
// and REPLICATION CLIENT (MariaDB: BINLOG MONITOR) are enough.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cdc/mysql/binlog/position.h"
#include "cdc/mysql/client.h"
#include "cdc/mysql/table_definition.h"
#include "cdc/mysql/type_mapping.h"
#include "log/base/status.h"
#include "log/model/table_name.h"

namespace leat::cdc::mysql {

struct ServerFacts {
  Flavour flavour = Flavour::mysql;
  std::string version;
  std::string user;      // as GRANT wants it: 'leat'@'%'
  std::string identity;  // MySQL's server_uuid, MariaDB's server_id
  bool binlog_is_on = false;
  std::string binlog_format;             // ROW, MIXED, STATEMENT
  std::string binlog_row_metadata;       // FULL, …; empty: the server has no such setting
  std::string binlog_row_image;          // FULL, MINIMAL, NOBLOB, FULL_NODUP
  std::string binlog_row_value_options;  // MySQL: PARTIAL_JSON or empty
  std::string gtid_mode;                 // MySQL's; MariaDB always has GTIDs
  bool logs_replica_updates = false;     // log_replica_updates, log_slave_updates
  // It has a source of its own. (Not every user may see that of a MariaDB which stands still.)
  bool is_replica = false;
  uint32_t version_number = 0;        // 101119
  uint64_t binlog_expires_s = 0;      // 0: never by itself
  bool names_are_lower_case = false;  // lower_case_table_names
  // --binlog-do-db and --binlog-ignore-db, separated by commas: databases that alone are logged,
  // and those that are not.
  std::string binlog_do_db;
  std::string binlog_ignore_db;
  bool may_read_binlog = false;   // REPLICATION SLAVE
  bool may_see_position = false;  // REPLICATION CLIENT, MariaDB's BINLOG MONITOR
  bool may_see_triggers = false;  // TRIGGER, somewhere
  bool may_see_views = false;     // what they are made of: SHOW VIEW, somewhere
  bool may_lock = false;          // RELOAD; asked for where there are no GTIDs
  // Foreign keys' cascades are logged as changes of their own (MySQL from 9.6 on).
  bool logs_cascades = false;

  bool has_gtids() const { return flavour == Flavour::mariadb || gtid_mode == "ON"; }
};
Result<ServerFacts> read_server_facts(Client& client);

struct KeyFacts {
  std::string name;  // PRIMARY, or the index's
  std::vector<std::string> columns;
};

struct TableFacts {
  std::string schema;
  std::string name;
  std::string engine;
  bool is_versioned = false;  // MariaDB's WITH SYSTEM VERSIONING
  uint64_t rows_estimated = 0;
  uint64_t bytes = 0;
  std::vector<ColumnFacts> columns;  // in the table's order, generated ones too
  // Unique, of whole columns that are not null: the primary key first, then by name.
  std::vector<KeyFacts> keys;
  // Of one whose definition is not shown, the lists here may lack what the user may not know.
  bool may_see_definition = true;
  std::vector<CascadeFacts> cascades;
  std::vector<std::string> ways_to_it;  // statements may change it that name these: "schema.name"

  std::string full_name() const { return full_table_name(schema, name); }
  std::string quoted_name() const;  // as SQL wants it
};
// The tables, by schema and name, that match one of PATTERNS (cdc/table_pattern.h), of those that
// the user may see; neither views nor the server's own.
Result<std::vector<TableFacts>> read_tables(Client& client,
                                            const std::vector<std::string>& patterns);

// Where the binlog ends: file and offset, and the GTIDs that were executed up to now (a later
// moment than the offset's, so the two are not of one position).
Result<Position> read_binlog_end(Client& client, const ServerFacts& server);

// `name`, with backquotes doubled; 'text'.
std::string sql_identifier(std::string_view name);
std::string sql_literal(std::string_view text);

}  // namespace leat::cdc::mysql

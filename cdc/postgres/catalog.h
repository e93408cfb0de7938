// What the server's catalog says of itself, of tables and of slots. Read only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cdc/postgres/connection.h"
#include "cdc/postgres/lsn.h"
#include "cdc/postgres/pgoutput.h"
#include "log/base/status.h"
#include "log/model/table_name.h"

namespace leat::cdc {

// Which server this is: what a position is a position in.
struct SystemFacts {
  uint64_t system_identifier = 0;
  uint32_t timeline = 0;
  Lsn wal_end;
  std::string database;
};
// CONNECTION is a replication connection.
Result<SystemFacts> identify_system(Connection& connection);

struct ServerFacts {
  std::string role;
  std::string database;
  bool role_may_replicate = false;  // REPLICATION or superuser
  bool role_may_create = false;     // in the database: a publication, say
  std::string wal_level;
  int slots_max = 0;
  int slots_used = 0;
  int senders_max = 0;
  int senders_used = 0;
};
Result<ServerFacts> read_server_facts(Connection& connection);

struct ColumnFacts {
  int number = 0;  // pg_attribute.attnum
  std::string name;
  uint32_t type_oid = 0;
  int32_t type_modifier = -1;
  // What the values of an enum (text) or of a domain (its base type, with the domain's modifier)
  // are read as; 0: the type itself.
  uint32_t base_oid = 0;
  std::string type_name;  // as format_type prints it
  bool nullable = true;
  bool generated = false;  // GENERATED ALWAYS … STORED: not in the stream

  friend bool operator==(const ColumnFacts&, const ColumnFacts&) = default;
};

struct IndexFacts {
  std::vector<int> columns;  // their numbers, in key order
  bool deferrable = false;
  // pg_constraint.oid, which a REINDEX does not change; 0: a plain index.
  uint32_t constraint_oid = 0;
};

struct TableFacts {
  pgoutput::RelationOid oid;
  std::string schema;
  std::string name;
  char replica_identity = 'd';   // pg_class.relreplident
  bool rows_are_hidden = false;  // row-level security applies to our role
  bool may_select = false;
  bool may_publish = false;     // our role owns it
  uint64_t rows_estimated = 0;  // both as of the last ANALYZE or VACUUM; 0: there was none
  uint64_t bytes_estimated = 0;
  uint32_t file = 0;  // relfilenode: another one after TRUNCATE and whatever rewrites the table
  std::vector<ColumnFacts> columns;
  std::optional<IndexFacts> primary_key;
  std::optional<IndexFacts> identity_index;  // of REPLICA IDENTITY USING INDEX

  // An UPDATE or DELETE of a published table that has none is refused by the server.
  bool has_replica_identity() const;
  std::string full_name() const { return full_table_name(schema, name); }
  std::string quoted_name() const;  // as SQL wants it
  const ColumnFacts* column(int number) const;
};
// The ordinary, permanent tables outside of the system's schemas, by schema and name, that match
// one of PATTERNS (table_pattern.h). Partitions are tables of their own; their parents are not
// listed. Locks no table: an ALTER TABLE or VACUUM FULL must not keep anybody waiting who only
// looks.
Result<std::vector<TableFacts>> read_tables(Connection& connection,
                                            const std::vector<std::string>& patterns);

// A table whose rows, as SQL sees them, are (partly) those of others.
struct ParentFacts {
  std::string name;  // schema.table
  bool is_partitioned = false;
  std::vector<std::string> children;  // partitions, or tables that inherit from it
};
// Those that match one of PATTERNS.
Result<std::vector<ParentFacts>> read_parents(Connection& connection,
                                              const std::vector<std::string>& patterns);

struct DiskSize {
  uint64_t bytes = 0;
  uint32_t pages = 0;  // of the rows that are not in TOAST
};
// As they are now, of each of TABLES; waits for those that are locked.
Result<std::vector<DiskSize>> read_disk_sizes(Connection& connection,
                                              const std::vector<TableFacts>& tables);

struct SlotFacts {
  std::string plugin;
  std::string database;
  bool active = false;
  std::string wal_status;  // reserved, extended, unreserved, lost
  Lsn confirmed_flush;
};
Result<std::optional<SlotFacts>> read_slot(Connection& connection, const std::string& name);

// The server's processes that have an open transaction which has written: a new slot waits for all.
Result<std::vector<std::string>> read_writing_processes(Connection& connection);

}  // namespace leat::cdc

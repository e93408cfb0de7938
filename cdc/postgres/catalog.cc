#include "cdc/postgres/catalog.h"

#include <spdlog/fmt/fmt.h>

#include <charconv>
#include <map>

#include "cdc/postgres/quote.h"
#include "cdc/table_pattern.h"

namespace leat::cdc {
namespace {

using pgoutput::RelationOid;

// The catalog's text as a number. It is the server's own; what does not parse is 0.
template <class T = int64_t>
T number(const std::optional<std::string>& text) {
  T value = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

bool truth(const std::optional<std::string>& text) {
  return text == "t";
}

std::vector<int> numbers(const std::string& text) {
  std::vector<int> out;
  const char* at = text.data();
  const char* end = at + text.size();
  while (at < end) {
    int value = 0;
    auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc()) break;
    out.push_back(value);
    at = next + 1;
  }
  return out;
}

TableFacts table_from(const TextRow& row) {
  TableFacts out;
  out.oid = RelationOid(number<uint32_t>(row[0]));
  out.schema = row[1].value_or("");
  out.name = row[2].value_or("");
  out.replica_identity = row[3].value_or("d")[0];
  out.rows_are_hidden = truth(row[4]);
  out.may_select = truth(row[5]);
  out.may_publish = truth(row[6]);
  out.rows_estimated = number<uint64_t>(row[7]);
  out.bytes_estimated = number<uint64_t>(row[8]);
  out.file = number<uint32_t>(row[9]);
  return out;
}

// pg_relation_size() and the like would lock the tables; what is called here does not.
constexpr const char* kTablesSql = R"(
SELECT c.oid, n.nspname, c.relname, c.relreplident,
       c.relrowsecurity AND row_security_active(c.oid),
       has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE'),
       pg_has_role(c.relowner, 'USAGE'),
       greatest(c.reltuples, 0)::bigint,
       (c.relpages + coalesce(t.relpages, 0))::bigint * current_setting('block_size')::int,
       pg_relation_filenode(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
WHERE c.relkind = 'r' AND c.relpersistence = 'p'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C")";

// Domains may be over domains, each with a modifier of its own; the outermost counts.
constexpr const char* kColumnsSql = R"(
WITH RECURSIVE domain (declared, type, modifier) AS (
  SELECT oid, typbasetype, typtypmod FROM pg_type WHERE typtype = 'd'
  UNION ALL
  SELECT d.declared, t.typbasetype, CASE d.modifier WHEN -1 THEN t.typtypmod ELSE d.modifier END
  FROM domain d JOIN pg_type t ON t.oid = d.type WHERE t.typtype = 'd')
SELECT a.attrelid, a.attnum, a.attname, a.atttypid, coalesce(d.modifier, a.atttypmod),
       format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, a.attgenerated <> '',
       CASE WHEN t.typtype = 'e' THEN 'text'::regtype ELSE coalesce(d.type, 0) END::oid
FROM pg_attribute a
LEFT JOIN domain d ON d.declared = a.atttypid
  AND (SELECT typtype <> 'd' FROM pg_type WHERE oid = d.type)
JOIN pg_type t ON t.oid = coalesce(d.type, a.atttypid)
WHERE a.attrelid IN ({}) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum)";

std::string oid_list(const std::vector<TableFacts>& tables) {
  std::string out;
  for (const TableFacts& table : tables) {
    out += (out.empty() ? "" : ",") + std::to_string(table.oid.value());
  }
  return out;
}

Status read_columns(Connection& connection, const std::string& oids,
                    std::map<RelationOid, TableFacts*>& tables) {
  LEAT_ASSIGN_OR_RETURN(auto rows, connection.query(fmt::format(kColumnsSql, oids)));
  for (const TextRow& row : rows) {
    ColumnFacts column;
    column.number = number<int>(row[1]);
    column.name = row[2].value_or("");
    column.type_oid = number<uint32_t>(row[3]);
    column.type_modifier = number<int32_t>(row[4]);
    column.type_name = row[5].value_or("");
    column.nullable = truth(row[6]);
    column.generated = truth(row[7]);
    column.base_oid = number<uint32_t>(row[8]);
    auto table = tables.find(RelationOid(number<uint32_t>(row[0])));
    if (table != tables.end()) table->second->columns.push_back(std::move(column));
  }
  return Ok();
}

Status read_indexes(Connection& connection, const std::string& oids,
                    std::map<RelationOid, TableFacts*>& tables) {
  LEAT_ASSIGN_OR_RETURN(auto rows, connection.query(fmt::format(R"(
SELECT indrelid, indisprimary, indisreplident, NOT indimmediate,
       array_to_string((indkey::int2[])[0:indnkeyatts - 1], ' '),
       (SELECT oid FROM pg_constraint
        WHERE conrelid = indrelid AND conindid = indexrelid AND contype IN ('p', 'u'))
FROM pg_index WHERE indrelid IN ({}) AND (indisprimary OR indisreplident) AND indisvalid)",
                                                                oids)));
  for (const TextRow& row : rows) {
    auto table = tables.find(RelationOid(number<uint32_t>(row[0])));
    if (table == tables.end()) continue;
    IndexFacts index{numbers(row[4].value_or("")), truth(row[3]), number<uint32_t>(row[5])};
    if (truth(row[1])) table->second->primary_key = index;
    if (truth(row[2])) table->second->identity_index = index;
  }
  return Ok();
}

}  // namespace

std::string TableFacts::quoted_name() const {
  return sql_identifier(schema) + "." + sql_identifier(name);
}

bool TableFacts::has_replica_identity() const {
  if (replica_identity == 'd') return primary_key && !primary_key->deferrable;
  return replica_identity == 'f' || (replica_identity == 'i' && identity_index.has_value());
}

const ColumnFacts* TableFacts::column(int wanted) const {
  for (const ColumnFacts& c : columns) {
    if (c.number == wanted) return &c;
  }
  return nullptr;
}

Result<SystemFacts> identify_system(Connection& connection) {
  LEAT_ASSIGN_OR_RETURN(auto rows, connection.query("IDENTIFY_SYSTEM"));
  if (rows.size() != 1 || rows[0].size() < 4) {
    return Error::permanent("the server does not say which system it is");
  }
  SystemFacts out;
  out.system_identifier = number<uint64_t>(rows[0][0]);
  out.timeline = number<uint32_t>(rows[0][1]);
  out.wal_end = parse_lsn(rows[0][2].value_or("")).value_or(Lsn());
  out.database = rows[0][3].value_or("");
  return out;
}

Result<ServerFacts> read_server_facts(Connection& connection) {
  LEAT_ASSIGN_OR_RETURN(auto rows, connection.query(R"(
SELECT current_user,
       (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user),
       current_setting('wal_level'),
       current_setting('max_replication_slots'),
       (SELECT count(*) FROM pg_replication_slots),
       current_setting('max_wal_senders'),
       (SELECT count(*) FROM pg_stat_replication),
       current_database(), has_database_privilege(current_database(), 'CREATE'))"));
  if (rows.size() != 1) return Error::permanent("the server's settings cannot be read");
  const TextRow& row = rows[0];
  ServerFacts out;
  out.role = row[0].value_or("");
  out.role_may_replicate = truth(row[1]);
  out.wal_level = row[2].value_or("");
  out.slots_max = number<int>(row[3]);
  out.slots_used = number<int>(row[4]);
  out.senders_max = number<int>(row[5]);
  out.senders_used = number<int>(row[6]);
  out.database = row[7].value_or("");
  out.role_may_create = truth(row[8]);
  return out;
}

Result<std::vector<TableFacts>> read_tables(Connection& connection,
                                            const std::vector<std::string>& patterns) {
  LEAT_ASSIGN_OR_RETURN(auto rows, connection.query(kTablesSql));
  std::vector<TableFacts> tables;
  for (const TextRow& row : rows) {
    TableFacts table = table_from(row);
    if (table_matches_any(patterns, table.schema, table.name)) tables.push_back(std::move(table));
  }
  if (tables.empty()) return tables;
  std::string oids = oid_list(tables);
  std::map<RelationOid, TableFacts*> by_oid;
  for (TableFacts& table : tables) by_oid[table.oid] = &table;
  LEAT_RETURN_IF_ERROR(read_columns(connection, oids, by_oid));
  LEAT_RETURN_IF_ERROR(read_indexes(connection, oids, by_oid));
  return tables;
}

Result<std::vector<ParentFacts>> read_parents(Connection& connection,
                                              const std::vector<std::string>& patterns) {
  LEAT_ASSIGN_OR_RETURN(auto rows, connection.query(R"(
SELECT n.nspname, c.relname, c.relkind = 'p', cn.nspname, child.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_inherits i ON i.inhparent = c.oid
LEFT JOIN pg_class child ON child.oid = i.inhrelid
LEFT JOIN pg_namespace cn ON cn.oid = child.relnamespace
WHERE (c.relkind = 'p' OR c.relkind = 'r' AND child.oid IS NOT NULL)
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", 4)"));
  std::vector<ParentFacts> out;
  for (const TextRow& row : rows) {
    std::string schema = row[0].value_or(""), table = row[1].value_or("");
    if (!table_matches_any(patterns, schema, table)) continue;
    std::string name = full_table_name(schema, table);
    if (out.empty() || out.back().name != name) out.push_back({name, truth(row[2]), {}});
    if (row[3]) out.back().children.push_back(full_table_name(*row[3], row[4].value_or("")));
  }
  return out;
}

Result<std::vector<DiskSize>> read_disk_sizes(Connection& connection,
                                              const std::vector<TableFacts>& tables) {
  LEAT_ASSIGN_OR_RETURN(auto rows, connection.query(fmt::format(R"(
SELECT pg_table_size(t), pg_relation_size(t) / current_setting('block_size')::int
FROM unnest('{{{}}}'::oid[]) WITH ORDINALITY AS list (t, place) ORDER BY place)",
                                                                oid_list(tables))));
  std::vector<DiskSize> out;
  for (const TextRow& row : rows) {
    out.push_back({number<uint64_t>(row[0]), number<uint32_t>(row[1])});
  }
  return out;
}

Result<std::vector<std::string>> read_writing_processes(Connection& connection) {
  LEAT_ASSIGN_OR_RETURN(auto rows, connection.query(R"(
SELECT coalesce(pid::text, 'prepared') FROM pg_locks
WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted ORDER BY pid)"));
  std::vector<std::string> out;
  for (const TextRow& row : rows) out.push_back(row[0].value_or(""));
  return out;
}

Result<std::optional<SlotFacts>> read_slot(Connection& connection, const std::string& name) {
  LEAT_ASSIGN_OR_RETURN(auto rows, connection.query(fmt::format(R"(
SELECT plugin, database, active, wal_status, confirmed_flush_lsn
FROM pg_replication_slots WHERE slot_name = {})",
                                                                sql_literal(name))));
  if (rows.empty()) return std::optional<SlotFacts>();
  const TextRow& row = rows[0];
  SlotFacts out;
  out.plugin = row[0].value_or("");
  out.database = row[1].value_or("");
  out.active = truth(row[2]);
  out.wal_status = row[3].value_or("");
  out.confirmed_flush = parse_lsn(row[4].value_or("")).value_or(Lsn());
  return std::optional<SlotFacts>(out);
}

}  // namespace leat::cdc

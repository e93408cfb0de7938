#include "cdc/mysql/catalog.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "cdc/mysql/indirect_changes.h"
#include "cdc/table_pattern.h"

namespace leat::cdc::mysql {
namespace {

// The server's own text as a number; what does not parse is none.
template <class T = uint64_t>
std::optional<T> number(const std::optional<std::string>& text) {
  T value = 0;
  if (!text) return std::nullopt;
  auto parsed = std::from_chars(text->data(), text->data() + text->size(), value);
  return parsed.ec == std::errc() ? std::optional(value) : std::nullopt;
}

bool truth(const std::string& setting) {
  return setting == "ON" || setting == "1";
}

std::string doubled(std::string_view text, char quote) {
  std::string out(1, quote);
  for (char c : text) {
    if (c == quote || (c == '\\' && quote == '\'')) out += c;
    out += c;
  }
  return out + quote;
}

using Settings = std::map<std::string, std::string>;

Result<Settings> read_settings(Client& client) {
  LEAT_ASSIGN_OR_RETURN(auto rows, client.query(R"(
SHOW GLOBAL VARIABLES WHERE Variable_name IN ('log_bin', 'binlog_format', 'binlog_row_metadata',
  'binlog_row_image', 'binlog_row_value_options', 'gtid_mode', 'log_slave_updates',
  'log_replica_updates', 'binlog_expire_logs_seconds', 'expire_logs_days', 'server_id',
  'server_uuid', 'lower_case_table_names', 'innodb_native_foreign_keys'))"));
  Settings out;
  for (const TextRow& row : rows) out[row[0].value_or("")] = row[1].value_or("");
  return out;
}

uint64_t expires_s(Settings& settings) {
  constexpr uint64_t kSecondsPerDay = 86'400;
  uint64_t seconds = number(settings["binlog_expire_logs_seconds"]).value_or(0);
  return seconds != 0 ? seconds : number(settings["expire_logs_days"]).value_or(0) * kSecondsPerDay;
}

// 'leat'@'%' of leat@%.
std::string quoted_user(const std::string& user) {
  size_t at = user.rfind('@');
  if (at == std::string::npos) return sql_literal(user);
  return sql_literal(user.substr(0, at)) + "@" + sql_literal(user.substr(at + 1));
}

// The lists of information_schema are of whole servers; which tables are meant is said once.
std::string in_list(const std::vector<TableFacts>& tables) {
  std::string out;
  for (const TableFacts& table : tables) {
    out += fmt::format("{}({}, {})", out.empty() ? "" : ", ", sql_literal(table.schema),
                       sql_literal(table.name));
  }
  return "(" + out + ")";
}

// Finds a table by the schema and name in a row's first two values.
class TablesByName {
 public:
  explicit TablesByName(std::vector<TableFacts>* tables) {
    for (TableFacts& table : *tables) by_name_[{table.schema, table.name}] = &table;
  }
  TableFacts* find(const TextRow& row) const {
    auto found = by_name_.find({row[0].value_or(""), row[1].value_or("")});
    return found == by_name_.end() ? nullptr : found->second;
  }

 private:
  std::map<std::pair<std::string, std::string>, TableFacts*> by_name_;
};

Result<std::vector<TableFacts>> list_tables(Client& client,
                                            const std::vector<std::string>& patterns) {
  LEAT_ASSIGN_OR_RETURN(auto rows, client.query(R"(
SELECT table_schema, table_name, engine, table_type, table_rows, data_length
FROM information_schema.tables
WHERE table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')
  AND table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
ORDER BY CAST(table_schema AS BINARY), CAST(table_name AS BINARY))"));
  std::vector<TableFacts> out;
  for (const TextRow& row : rows) {
    TableFacts table;
    table.schema = row[0].value_or("");
    table.name = row[1].value_or("");
    if (!table_matches_any(patterns, table.schema, table.name)) continue;
    table.engine = row[2].value_or("");
    table.is_versioned = row[3] == "SYSTEM VERSIONED";
    table.rows_estimated = number(row[4]).value_or(0);
    table.bytes = number(row[5]).value_or(0);
    out.push_back(std::move(table));
  }
  return out;
}

// One number of each character set is enough: how it sorts does not count here.
Result<std::map<std::string, uint32_t>> read_collations(Client& client) {
  LEAT_ASSIGN_OR_RETURN(auto rows, client.query(R"(
SELECT character_set_name, min(id) FROM information_schema.collations
WHERE id IS NOT NULL AND character_set_name IS NOT NULL GROUP BY character_set_name)"));
  std::map<std::string, uint32_t> out;
  for (const TextRow& row : rows) out[row[0].value_or("")] = number<uint32_t>(row[1]).value_or(0);
  return out;
}

ColumnFacts column_from(const TextRow& row, Flavour flavour,
                        const std::map<std::string, uint32_t>& collations) {
  ColumnFacts out;
  out.name = row[2].value_or("");
  out.data_type = row[3].value_or("");
  out.declared = row[4].value_or("");
  out.precision = number<uint32_t>(row[5]);
  out.scale = number<uint32_t>(row[6]);
  out.fraction_digits = number<uint32_t>(row[7]);
  out.bytes_max = number(row[8]);
  out.charset = row[9].value_or("");
  auto collation = collations.find(out.charset);
  if (collation != collations.end()) out.collation = collation->second;
  out.nullable = row[10] == "YES";
  // MariaDB prints a default as SQL has it, MySQL the value itself.
  bool null = flavour == Flavour::mariadb ? row[12] == "NULL" : !row[12].has_value();
  out.null_by_default = out.nullable && null && row[13].value_or("").empty();
  out.may_select = row[11].value_or("").find("select") != std::string::npos;
  return out;
}

Status read_columns(Client& client, std::vector<TableFacts>* tables) {
  LEAT_ASSIGN_OR_RETURN(auto collations, read_collations(client));
  LEAT_ASSIGN_OR_RETURN(auto rows, client.query(fmt::format(R"(
SELECT table_schema, table_name, column_name, data_type, column_type, numeric_precision,
       numeric_scale, datetime_precision, character_octet_length, character_set_name, is_nullable,
       privileges, column_default, extra
FROM information_schema.columns WHERE (table_schema, table_name) IN {}
ORDER BY table_schema, table_name, ordinal_position)",
                                                            in_list(*tables))));
  TablesByName by_name(tables);
  for (const TextRow& row : rows) {
    TableFacts* table = by_name.find(row);
    if (table != nullptr) table->columns.push_back(column_from(row, client.flavour(), collations));
  }
  return Ok();
}

// MariaDB's JSON columns.
Status read_json_checks(Client& client, std::vector<TableFacts>* tables) {
  LEAT_ASSIGN_OR_RETURN(auto rows, client.query(fmt::format(R"(
SELECT constraint_schema, table_name, check_clause FROM information_schema.check_constraints
WHERE check_clause LIKE 'json_valid(%' AND (constraint_schema, table_name) IN {})",
                                                            in_list(*tables))));
  TablesByName by_name(tables);
  for (const TextRow& row : rows) {
    TableFacts* table = by_name.find(row);
    if (table == nullptr) continue;
    for (ColumnFacts& column : table->columns) {
      if (row[2] == "json_valid(" + sql_identifier(column.name) + ")") column.is_json = true;
    }
  }
  return Ok();
}

// An index's columns come in order; one with a part of a column, an expression, or a column that
// may be null does not tell all rows apart.
Status read_keys(Client& client, std::vector<TableFacts>* tables) {
  LEAT_ASSIGN_OR_RETURN(auto rows, client.query(fmt::format(R"(
SELECT table_schema, table_name, index_name, column_name, sub_part, nullable
FROM information_schema.statistics
WHERE non_unique = 0 AND (table_schema, table_name) IN {}
ORDER BY table_schema, table_name, index_name <> 'PRIMARY', index_name, seq_in_index)",
                                                            in_list(*tables))));
  TablesByName by_name(tables);
  std::map<std::pair<TableFacts*, std::string>, bool> unusable;
  for (const TextRow& row : rows) {
    TableFacts* table = by_name.find(row);
    if (table == nullptr) continue;
    std::string index = row[2].value_or("");
    if (table->keys.empty() || table->keys.back().name != index) table->keys.push_back({index, {}});
    table->keys.back().columns.push_back(row[3].value_or(""));
    bool whole = row[3] && !row[4] && row[5] != "YES";
    if (!whole) unusable[{table, index}] = true;
  }
  for (TableFacts& table : *tables) {
    std::erase_if(table.keys, [&](const KeyFacts& key) {
      return unusable.count({&table, key.name}) != 0;
    });
  }
  return Ok();
}

// A statement that the server refuses is one that the user has no privilege for.
struct Asked {
  bool allowed = false;
  std::vector<TextRow> rows;
};
Result<Asked> ask(Client& client, const std::string& sql) {
  auto rows = client.query(sql);
  if (rows.ok()) return Asked{true, std::move(*rows)};
  if (rows.error().is_transient()) return rows.error();
  return Asked{};
}

Status read_definitions(Client& client, std::vector<TableFacts>* tables) {
  for (TableFacts& table : *tables) {
    LEAT_ASSIGN_OR_RETURN(Asked asked, ask(client, "SHOW CREATE TABLE " + table.quoted_name()));
    table.may_see_definition = asked.allowed && !asked.rows.empty();
    if (!table.may_see_definition) continue;
    table.cascades = cascades_in(asked.rows[0][1].value_or(""), table.schema);
  }
  return Ok();
}

const char* status_statement(const Client& client) {
  constexpr uint32_t kRenamed = 80'200;
  bool renamed = client.flavour() == Flavour::mysql && client.version_number() >= kRenamed;
  return renamed ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS";
}

bool grants_on_all(const std::vector<TextRow>& grants, std::string_view privilege) {
  return std::any_of(grants.begin(), grants.end(), [&](const TextRow& row) {
    std::string_view grant = row[0] ? std::string_view(*row[0]) : "";
    std::string_view privileges = grant.substr(0, grant.find(" ON *.* "));
    if (privileges.size() == grant.size()) return false;
    return privileges.find("ALL PRIVILEGES") != std::string_view::npos ||
           privileges.find(privilege) != std::string_view::npos;
  });
}

bool grants_somewhere(const std::vector<TextRow>& grants, std::string_view privilege) {
  return std::any_of(grants.begin(), grants.end(), [&](const TextRow& row) {
    std::string grant = row[0].value_or("");
    return grant.find(privilege) != std::string::npos || grant.starts_with("GRANT ALL PRIVILEGES");
  });
}

// Whether the server is a replica, by the status of its replication; on MariaDB only few users may
// see that, all others whether it runs.
Result<bool> read_is_replica(Client& client) {
  bool mariadb = client.flavour() == Flavour::mariadb;
  LEAT_ASSIGN_OR_RETURN(Asked source,
                        ask(client, mariadb ? "SHOW ALL SLAVES STATUS" : "SHOW REPLICA STATUS"));
  if (source.allowed || !mariadb) return !source.rows.empty();
  LEAT_ASSIGN_OR_RETURN(auto running, client.query("SHOW GLOBAL STATUS LIKE 'Slaves_running'"));
  return !running.empty() && number(running[0][1]).value_or(0) != 0;
}

// MySQL's grants may come by roles, so there the deed is asked; MariaDB lists those of the role.
Status read_rights(Client& client, ServerFacts* out) {
  bool mariadb = out->flavour == Flavour::mariadb;
  LEAT_ASSIGN_OR_RETURN(Asked position, ask(client, status_statement(client)));
  LEAT_ASSIGN_OR_RETURN(Asked grants, ask(client, "SHOW GRANTS"));
  LEAT_ASSIGN_OR_RETURN(Asked replicas, ask(client, mariadb ? "DO 0" : "SHOW REPLICAS"));
  LEAT_ASSIGN_OR_RETURN(out->is_replica, read_is_replica(client));
  out->may_see_position = position.allowed;
  if (!position.rows.empty() && position.rows[0].size() > 3) {
    out->binlog_do_db = position.rows[0][2].value_or("");
    out->binlog_ignore_db = position.rows[0][3].value_or("");
  }
  out->may_read_binlog =
      mariadb ? grants_on_all(grants.rows, "REPLICATION SLAVE") : replicas.allowed;
  out->may_lock = grants_on_all(grants.rows, "RELOAD");
  out->may_see_triggers = grants_somewhere(grants.rows, "TRIGGER");
  out->may_see_views = grants_somewhere(grants.rows, "SHOW VIEW");
  return Ok();
}

}  // namespace

std::string sql_identifier(std::string_view name) {
  return doubled(name, '`');
}

std::string sql_literal(std::string_view text) {
  return doubled(text, '\'');
}

std::string TableFacts::quoted_name() const {
  return sql_identifier(schema) + "." + sql_identifier(name);
}

Result<ServerFacts> read_server_facts(Client& client) {
  LEAT_ASSIGN_OR_RETURN(Settings settings, read_settings(client));
  LEAT_ASSIGN_OR_RETURN(auto user, client.query("SELECT current_user()"));
  ServerFacts out;
  out.flavour = client.flavour();
  out.version = client.version();
  out.version_number = client.version_number();
  out.user = quoted_user(user.empty() ? "" : user[0][0].value_or(""));
  bool mariadb = out.flavour == Flavour::mariadb;
  out.identity = mariadb ? settings["server_id"] : settings["server_uuid"];
  out.binlog_is_on = truth(settings["log_bin"]);
  out.binlog_format = settings["binlog_format"];
  out.binlog_row_metadata = settings["binlog_row_metadata"];
  out.binlog_row_image = settings["binlog_row_image"];
  out.binlog_row_value_options = settings["binlog_row_value_options"];
  out.gtid_mode = settings["gtid_mode"];
  out.logs_replica_updates =
      truth(settings["log_slave_updates"]) || truth(settings["log_replica_updates"]);
  out.binlog_expires_s = expires_s(settings);
  out.names_are_lower_case = settings["lower_case_table_names"] != "0";
  constexpr uint32_t kCascadesLogged = 90'600;
  out.logs_cascades = !mariadb && client.version_number() >= kCascadesLogged &&
                      !truth(settings["innodb_native_foreign_keys"]);
  LEAT_RETURN_IF_ERROR(read_rights(client, &out));
  return out;
}

Result<std::vector<TableFacts>> read_tables(Client& client,
                                            const std::vector<std::string>& patterns) {
  LEAT_ASSIGN_OR_RETURN(std::vector<TableFacts> tables, list_tables(client, patterns));
  if (tables.empty()) return tables;
  LEAT_RETURN_IF_ERROR(read_columns(client, &tables));
  if (client.flavour() == Flavour::mariadb) LEAT_RETURN_IF_ERROR(read_json_checks(client, &tables));
  LEAT_RETURN_IF_ERROR(read_keys(client, &tables));
  LEAT_RETURN_IF_ERROR(read_definitions(client, &tables));
  LEAT_ASSIGN_OR_RETURN(auto indirections, read_indirections(client));
  for (TableFacts& table : tables) table.ways_to_it = ways_to(table.full_name(), indirections);
  return tables;
}

Result<Position> read_binlog_end(Client& client, const ServerFacts& server) {
  LEAT_ASSIGN_OR_RETURN(auto rows, client.query(status_statement(client)));
  if (rows.empty() || !rows[0][0]) {
    return Error::permanent("the server writes no binlog; `leat check` says what to set");
  }
  Position out;
  out.flavour = server.flavour;
  out.server = server.identity;
  out.file = *rows[0][0];
  out.offset = number(rows[0][1]).value_or(0);
  bool mariadb = server.flavour == Flavour::mariadb;
  LEAT_ASSIGN_OR_RETURN(auto gtids, client.query(mariadb ? "SELECT @@global.gtid_binlog_pos"
                                                         : "SELECT @@global.gtid_executed"));
  std::string text = gtids.empty() ? "" : gtids[0][0].value_or("");
  if (mariadb) {
    LEAT_ASSIGN_OR_RETURN(out.mariadb_gtids, MariadbGtids::parse(text));
  } else {
    LEAT_ASSIGN_OR_RETURN(out.gtids, GtidSet::parse(text));
  }
  return out;
}

}  // namespace leat::cdc::mysql

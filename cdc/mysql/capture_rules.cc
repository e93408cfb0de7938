#include "cdc/mysql/capture_rules.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "cdc/table_pattern.h"
#include "log/model/key.h"

namespace leat::cdc::mysql {
namespace {

using Problem = std::optional<CaptureProblem>;

Problem problem_of_rights(const TableFacts& facts, const ServerFacts& server) {
  bool readable = facts.may_see_definition && !facts.columns.empty() &&
                  std::all_of(facts.columns.begin(), facts.columns.end(),
                              [](const ColumnFacts& column) { return column.may_select; });
  if (readable) return std::nullopt;
  return CaptureProblem{fmt::format("may not be read by {}", server.user),
                        fmt::format("GRANT SELECT ON {} TO {};", facts.quoted_name(), server.user)};
}

Problem problem_of_kind(const TableFacts& facts) {
  if (facts.is_versioned) {
    return CaptureProblem{
        "is system-versioned: its binlog has rows of the past among those of today",
        fmt::format("ALTER TABLE {} DROP SYSTEM VERSIONING;", facts.quoted_name())};
  }
  if (facts.engine == "InnoDB") return std::nullopt;
  return CaptureProblem{
      fmt::format("has the engine {}, which has no transactions: a copy of it would be of no one "
                  "moment",
                  facts.engine),
      fmt::format("ALTER TABLE {} ENGINE = InnoDB;", facts.quoted_name())};
}

bool is_listed(const std::string& list, const std::string& name) {
  return ("," + list + ",").find("," + name + ",") != std::string::npos;
}

Problem problem_of_binlog(const TableFacts& facts, const ServerFacts& server) {
  bool is_left_out = !server.binlog_do_db.empty() && !is_listed(server.binlog_do_db, facts.schema);
  if (!is_left_out && !is_listed(server.binlog_ignore_db, facts.schema)) return std::nullopt;
  return CaptureProblem{
      fmt::format("is in the database {}, whose changes the server does not log ({})", facts.schema,
                  is_left_out ? "binlog_do_db = " + server.binlog_do_db
                              : "binlog_ignore_db = " + server.binlog_ignore_db),
      is_left_out
          ? "add binlog_do_db = " + facts.schema + " to the server's options, and restart it"
          : "take binlog_ignore_db = " + facts.schema +
                " out of the server's options, and restart it"};
}

// The server changes the rows, and does not log it.
Problem problem_of_cascades(const TableFacts& facts, const ServerFacts& server,
                            const MysqlConfig& config) {
  if (facts.cascades.empty() || server.logs_cascades || config.accept_cascades) return std::nullopt;
  const CascadeFacts& key = facts.cascades.front();
  return CaptureProblem{
      fmt::format("has the foreign key {} to {} ({}): the server changes its rows by itself then, "
                  "and does not log it. Replace the rule (below), delete the child rows in the "
                  "application, or say cascades: accept",
                  key.constraint, key.parent, key.rules),
      fmt::format("ALTER TABLE {} DROP FOREIGN KEY {};   -- and ADD it again with ON DELETE "
                  "RESTRICT ON UPDATE RESTRICT",
                  facts.quoted_name(), sql_identifier(key.constraint))};
}

Problem problem_of_key(const TableFacts& facts) {
  if (!facts.keys.empty()) return std::nullopt;
  bool has_id = std::any_of(facts.columns.begin(), facts.columns.end(),
                            [](const ColumnFacts& column) { return column.name == "id"; });
  return CaptureProblem{
      "has no primary key, nor a unique one of whole columns that are NOT NULL; its changes cannot "
      "be told apart",
      fmt::format("ALTER TABLE {} ADD PRIMARY KEY ({});", facts.quoted_name(),
                  has_id ? "id" : "its key columns")};
}

// The differences to documents are logged, and the documents are not.
Problem problem_of_documents(const TableFacts& facts, const ServerFacts& server) {
  bool partial = server.binlog_row_value_options.find("PARTIAL_JSON") != std::string::npos;
  if (!partial || server.binlog_row_image == "FULL") return std::nullopt;
  auto document = std::find_if(facts.columns.begin(), facts.columns.end(),
                               [](const ColumnFacts& one) { return one.data_type == "json"; });
  if (document == facts.columns.end()) return std::nullopt;
  return CaptureProblem{
      fmt::format("has the JSON column {}, and of its documents only differences are logged "
                  "(binlog_row_value_options is PARTIAL_JSON) to what is not logged "
                  "(binlog_row_image is {})",
                  document->name, server.binlog_row_image),
      "SET GLOBAL binlog_row_value_options = '';   -- or SET GLOBAL binlog_row_image = FULL; "
      "sessions keep theirs until they reconnect"};
}

Problem problem_of(const TableFacts& facts, const ServerFacts& server, const MysqlConfig& config) {
  Problem problem = problem_of_rights(facts, server);
  if (!problem) problem = problem_of_kind(facts);
  if (!problem) problem = problem_of_binlog(facts, server);
  if (!problem) problem = problem_of_cascades(facts, server, config);
  if (!problem) problem = problem_of_key(facts);
  if (!problem) problem = problem_of_documents(facts, server);
  return problem;
}

Problem add_column(const ColumnFacts& facts, bool dates_as_text, PlannedTable* out) {
  auto mapped = map_column(facts, dates_as_text);
  if (!mapped.ok()) {
    return CaptureProblem{fmt::format("column {} {}", facts.name, mapped.error().message()), ""};
  }
  out->table.schema.columns.push_back({facts.name, mapped->type, facts.nullable});
  out->form.columns.push_back(mapped->decode_options());
  out->form.null_by_default.push_back(facts.null_by_default);
  out->columns.push_back(std::move(*mapped));
  return std::nullopt;
}

Problem set_key(const KeyFacts& key, Schema* schema) {
  for (const std::string& name : key.columns) {
    int index = schema->index_of(name);
    LEAT_CHECK(index >= 0);  // the catalog lists it among the columns
    TypeId type = schema->columns[static_cast<size_t>(index)].type.id;
    if (!type_can_be_key(type)) {
      return CaptureProblem{fmt::format("column {} of its key has type {}, which cannot be a key",
                                        name, type_name(type)),
                            ""};
    }
    schema->key_columns.push_back(index);
  }
  return std::nullopt;
}

}  // namespace

Result<PlannedTable, CaptureProblem> plan_capture(const TableFacts& facts,
                                                  const ServerFacts& server,
                                                  const MysqlConfig& config) {
  if (auto problem = problem_of(facts, server, config)) return *problem;
  PlannedTable out;
  for (const ColumnFacts& column : facts.columns) {
    bool dates_as_text =
        table_matches_any(config.dates_as_text, facts.schema, facts.name + "." + column.name);
    if (auto problem = add_column(column, dates_as_text, &out)) return *problem;
  }
  out.form.ways_to_it = facts.ways_to_it;
  out.form.key_is_primary = facts.keys.front().name == "PRIMARY";
  CapturedTable& table = out.table;
  if (auto problem = set_key(facts.keys.front(), &table.schema)) return *problem;
  table.name = facts.full_name();
  table.topic = config.name + "." + table.name;
  table.row_type = table.schema.row_type();
  table.partition_count = config.partition_count;
  table.needs_row_store = server.binlog_row_image != "FULL";
  return out;
}

CapturePlan plan_captures(const std::vector<TableFacts>& facts, const ServerFacts& server,
                          const MysqlConfig& config) {
  CapturePlan out;
  for (const TableFacts& table : facts) {
    auto planned = plan_capture(table, server, config);
    if (!planned.ok()) {
      out.refused.push_back({table.full_name(), planned.error().text()});
      continue;
    }
    out.tables.add(std::move(planned->table));
    out.facts.push_back(table);
    out.forms.push_back(std::move(planned->form));
    out.columns.push_back(std::move(planned->columns));
  }
  return out;
}

}  // namespace leat::cdc::mysql

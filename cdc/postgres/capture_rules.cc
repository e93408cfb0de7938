#include "cdc/postgres/capture_rules.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "cdc/postgres/quote.h"
#include "log/model/key.h"

namespace leat::cdc {
namespace {

// The columns that tell rows apart, or why there are none.
Result<IndexFacts, CaptureProblem> key_of(const TableFacts& facts) {
  if (facts.replica_identity == 'n') {
    return CaptureProblem{
        "has replica identity NOTHING; which row a change is of is not sent",
        fmt::format("ALTER TABLE {} REPLICA IDENTITY DEFAULT;", facts.quoted_name())};
  }
  if (facts.replica_identity == 'i' && facts.identity_index) return *facts.identity_index;
  if (!facts.primary_key) {
    bool has_id = std::any_of(facts.columns.begin(), facts.columns.end(),
                              [](const ColumnFacts& c) { return c.name == "id"; });
    return CaptureProblem{"has no primary key; its changes cannot be told apart",
                          fmt::format("ALTER TABLE {} ADD PRIMARY KEY ({});", facts.quoted_name(),
                                      has_id ? "id" : "its key columns")};
  }
  if (facts.primary_key->deferrable && facts.replica_identity != 'f') {
    return CaptureProblem{
        "has a deferrable primary key, which is no replica identity; which row a change is of is "
        "not sent",
        fmt::format("ALTER TABLE {} REPLICA IDENTITY FULL;", facts.quoted_name())};
  }
  return *facts.primary_key;
}

Result<Schema, CaptureProblem> schema_of(const TableFacts& facts, const IndexFacts& key) {
  Schema schema;
  schema.key_columns.resize(key.columns.size(), -1);
  for (const ColumnFacts& column : facts.columns) {
    if (column.generated) {
      schema.generated_columns.push_back(column.name);
      continue;
    }
    Column out{column.name, {}, column.nullable};
    if (!column_type(column, &out.type)) {
      return CaptureProblem{fmt::format("column {} has type {}, which is not supported yet",
                                        column.name, column.type_name),
                            ""};
    }
    auto in_key = std::find(key.columns.begin(), key.columns.end(), column.number);
    if (in_key != key.columns.end()) {
      schema.key_columns[static_cast<size_t>(in_key - key.columns.begin())] =
          static_cast<int>(schema.columns.size());
    }
    schema.columns.push_back(std::move(out));
  }
  for (int i : schema.key_columns) {
    if (i < 0) return CaptureProblem{"has a generated column in its key", ""};
    const Column& column = schema.columns[static_cast<size_t>(i)];
    if (!type_can_be_key(column.type.id)) {
      return CaptureProblem{fmt::format("column {} of its key has type {}, which cannot be a key",
                                        column.name, type_name(column.type.id)),
                            ""};
    }
  }
  return schema;
}

}  // namespace

std::string describe_generated(const TableFacts& facts) {
  std::string names;
  for (const ColumnFacts& column : facts.columns) {
    if (column.generated) names += (names.empty() ? "" : ", ") + column.name;
  }
  return names.empty() ? "" : "has generated columns, which PostgreSQL does not send: " + names;
}

bool column_type(const ColumnFacts& column, Type* out) {
  out->modifier = column.type_modifier;
  return type_of_postgres_oid(column.base_oid != 0 ? column.base_oid : column.type_oid, &out->id);
}

Result<CapturedTable, CaptureProblem> plan_capture(const TableFacts& facts,
                                                   const std::string& source,
                                                   const std::string& role) {
  if (!facts.may_select) {
    return CaptureProblem{
        fmt::format("may not be read by role {}", role),
        fmt::format("GRANT SELECT ON {} TO {};", facts.quoted_name(), sql_identifier(role))};
  }
  if (facts.rows_are_hidden) {
    return CaptureProblem{fmt::format("hides rows from role {} by row-level security", role),
                          fmt::format("ALTER ROLE {} BYPASSRLS;", sql_identifier(role))};
  }
  auto key = key_of(facts);
  if (!key.ok()) return key.error();
  auto schema = schema_of(facts, *key);
  if (!schema.ok()) return schema.error();
  CapturedTable table;
  table.name = facts.full_name();
  table.topic = source + "." + table.name;
  table.schema = std::move(*schema);
  table.row_type = table.schema.row_type();
  table.needs_row_store = facts.replica_identity != 'f';
  table.key_is_deferrable = key->deferrable;
  for (const ColumnFacts& column : facts.columns) {
    Type type;
    if (column.base_oid != 0 && column_type(column, &type)) {
      table.own_types[column.type_oid] = type;
    }
  }
  return table;
}

}  // namespace leat::cdc

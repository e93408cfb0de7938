#include "cdc/postgres/relation_map.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "cdc/postgres/capture_rules.h"
#include "cdc/schema_difference.h"
#include "log/model/table_name.h"

namespace leat::cdc {
namespace {

// REPLICA IDENTITY FULL marks every column; the others mark those that old rows are known by.
bool key_is_marked(const pgoutput::Relation& relation, const Schema& schema) {
  if (relation.replica_identity == 'f') return true;
  for (size_t i = 0; i < relation.columns.size(); ++i) {
    bool in_key = std::find(schema.key_columns.begin(), schema.key_columns.end(),
                            static_cast<int>(i)) != schema.key_columns.end();
    if (in_key != relation.columns[i].is_key) return false;
  }
  return true;
}

}  // namespace

std::string describe_mismatch(const pgoutput::Relation& relation, const CapturedTable& table) {
  Schema now;
  for (const pgoutput::RelationColumn& column : relation.columns) {
    ColumnFacts facts;
    facts.type_oid = column.type_oid;
    facts.type_modifier = column.type_modifier;
    Column out{std::string(column.name), {}};
    auto own = table.own_types.find(column.type_oid);
    if (own != table.own_types.end()) {
      out.type = own->second;
    } else if (!column_type(facts, &out.type)) {
      return fmt::format("column {} has a type that is not supported yet (OID {})", column.name,
                         column.type_oid);
    }
    now.columns.push_back(std::move(out));
  }
  now.key_columns = table.schema.key_columns;
  std::string difference = describe_difference(table.schema, now);
  if (!difference.empty()) return difference;
  return key_is_marked(relation, table.schema) ? "" : "the replica identity has other columns";
}

RelationMap::RelationMap(const TableSet* tables, RelationOids oids)
    : tables_(tables), oids_(std::move(oids)) {
  for (const auto& [table, oid] : oids_) by_oid_.emplace(oid, table);
  for (uint32_t i = 0; i < tables->size(); ++i) {
    by_name_.emplace((*tables)[TableIndex(i)].name, TableIndex(i));
  }
}

RelationBinding RelationMap::bind(const pgoutput::Relation& relation) const {
  std::string name = full_table_name(relation.schema, relation.name);
  auto captured = by_oid_.find(relation.oid);
  if (captured != by_oid_.end()) {
    const CapturedTable& table = (*tables_)[captured->second];
    if (table.name != name) return {captured->second, "was renamed to " + name};
    return {captured->second, describe_mismatch(relation, table)};
  }
  auto named = by_name_.find(name);
  if (named == by_name_.end()) return {};
  if (oids_.count(named->second) != 0) {
    return {named->second, "was dropped or renamed, and another table has its name"};
  }
  return {named->second, describe_mismatch(relation, (*tables_)[named->second])};
}

void RelationMap::set(const pgoutput::Relation& relation, std::optional<TransactionId> streamed) {
  Bindings& to = streamed ? streamed_[*streamed] : bindings_;
  to[relation.oid] = bind(relation);
}

const RelationBinding* RelationMap::find(pgoutput::RelationOid relation,
                                         std::optional<TransactionId> streamed) const {
  const Bindings* in = &bindings_;
  if (streamed) {
    auto own = streamed_.find(*streamed);
    if (own == streamed_.end()) return nullptr;
    in = &own->second;
  }
  auto found = in->find(relation);
  return found == in->end() ? nullptr : &found->second;
}

bool RelationMap::commit(TransactionId streamed) {
  auto own = streamed_.find(streamed);
  if (own == streamed_.end()) return false;
  for (auto& [oid, binding] : own->second) bindings_[oid] = std::move(binding);
  streamed_.erase(own);
  return true;
}

void RelationMap::clear() {
  bindings_.clear();
  streamed_.clear();
}

}  // namespace leat::cdc

// The tables that a source captures. Owned by the source's thread; not shared.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "log/base/ids.h"
#include "log/model/schema.h"

namespace leat::cdc {

// The number of a table in its source's list, for the life of the process.
using TableIndex = StrongId<struct TableIndexTag, uint32_t>;

struct CapturedTable {
  std::string name;   // schema.table
  std::string topic;  // SOURCE.schema.table
  Schema schema;
  RowType row_type;  // of schema
  SchemaId schema_id;
  GenerationId generation;  // what changes are appended to
  int32_t partition_count = 4;
  // The source does not send whole rows before a change: they are kept in the row store.
  bool needs_row_store = false;
  // Uniqueness is checked at commit: rows may trade keys inside a transaction.
  bool key_is_deferrable = false;
  // Types of its columns that somebody defined in the source (enums, domains), by the source's
  // number, and what they are here.
  std::map<uint32_t, Type> own_types;
  std::optional<std::string> stopped_reason;  // takes no more changes
};

class TableSet {
 public:
  TableIndex add(CapturedTable table) {
    tables_.push_back(std::move(table));
    return TableIndex(static_cast<uint32_t>(tables_.size() - 1));
  }
  CapturedTable& operator[](TableIndex index) { return tables_[index.value()]; }
  const CapturedTable& operator[](TableIndex index) const { return tables_[index.value()]; }
  size_t size() const { return tables_.size(); }
  auto begin() { return tables_.begin(); }
  auto end() { return tables_.end(); }
  auto begin() const { return tables_.begin(); }
  auto end() const { return tables_.end(); }

 private:
  std::vector<CapturedTable> tables_;
};

}  // namespace leat::cdc

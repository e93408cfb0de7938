// Binds what a TABLE_MAP says to a captured table: where each of its columns stands in the rows
// that follow, and how its values are read.
//
// A TABLE_MAP that does not give the rows that the table was captured with means that the table was
// altered: rows of a new form come by a new snapshot, never mixed into the old one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cdc/mysql/binlog/table_map.h"
#include "cdc/mysql/binlog/value_decoder.h"
#include "cdc/table.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// What the catalog says of a captured table's columns beyond its schema.
struct TableForm {
  std::vector<DecodeOptions> columns;     // by the schema's columns
  std::vector<std::string> not_captured;  // logged, and none of the schema's
  // By the schema's columns: an insert that says nothing of it makes it NULL. Empty: of none.
  std::vector<bool> null_by_default = {};
  // The schema's key is a PRIMARY KEY: what takes it away is known by the TABLE_MAP. A unique key's
  // end is known by statements alone.
  bool key_is_primary = false;
  // Names in statements behind which the table may change (indirect_changes.h).
  std::vector<std::string> ways_to_it = {};
};

// One thread: the decoders keep scratch memory.
class TableBinding {
 public:
  // The error says what differs.
  static Result<TableBinding> bind(TableMap map, const CapturedTable& table, const TableForm& form);

  const TableMap& map() const { return map_; }
  // By the schema's columns: which column of the TABLE_MAP it is, and what reads it.
  size_t logged_column(size_t column) const { return logged_[column]; }
  ValueDecoder& decoder(size_t column) const { return *decoders_[column]; }
  size_t column_count() const { return logged_.size(); }
  bool is_null_by_default(size_t column) const {
    return column < null_by_default_.size() && null_by_default_[column];
  }

 private:
  explicit TableBinding(TableMap map) : map_(std::move(map)) {}
  Status bind_columns(const Schema& schema, const TableForm& form);
  Status bind_column(const Column& column, const DecodeOptions& options);
  Status check_no_new(const Schema& schema, const TableForm& form) const;
  Status check_key(const Schema& schema) const;

  TableMap map_;
  std::vector<size_t> logged_;
  std::vector<bool> null_by_default_;
  std::vector<std::unique_ptr<ValueDecoder>> decoders_;
};

}  // namespace leat::cdc::mysql

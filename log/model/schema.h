// What a topic's rows look like. Stored in the internal topic `leat.schemas` in the cut that first
// uses it; immutable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "log/base/ids.h"
#include "log/base/status.h"
#include "log/model/type.h"

namespace leat {

struct Column {
  std::string name;
  Type type;
  bool nullable = true;

  friend bool operator==(const Column&, const Column&) = default;
};

struct Schema {
  std::vector<Column> columns;
  // Indexes into columns, in key order: the primary key. Empty for a stream topic without keys.
  std::vector<int> key_columns;
  // Columns that the source computes itself and does not send: not in the rows, known by name.
  std::vector<std::string> generated_columns = {};

  RowType row_type() const;
  // -1 where there is no such column.
  int index_of(std::string_view column_name) const;

  friend bool operator==(const Schema&, const Schema&) = default;
};

// The stored form: a format byte, then fields by ByteReader's varints and sized strings. Format 1
// has no generated columns, format 2 ends in their names.
std::string encode_schema(const Schema& schema);
Result<Schema> decode_schema(std::string_view bytes);

}  // namespace leat

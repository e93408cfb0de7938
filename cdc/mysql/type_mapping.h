// What a table's columns are here: from information_schema's description of a column to the one
// that TABLE_MAP gives, whose values binlog/value_decoder.h decodes. Its types are the only mapping
// there is: what a snapshot reads has the type that the stream's values have.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cdc/mysql/binlog/table_map.h"
#include "cdc/mysql/binlog/value_decoder.h"
#include "log/base/status.h"
#include "log/model/type.h"

namespace leat::cdc::mysql {

// information_schema.columns of a column.
struct ColumnFacts {
  std::string name;
  std::string data_type;                    // "bigint"
  std::string declared;                     // COLUMN_TYPE: "bigint(20) unsigned"
  std::optional<uint32_t> precision;        // of numbers: decimal digits; bits of a BIT
  std::optional<uint32_t> scale;            // of numbers: those behind the point
  std::optional<uint32_t> fraction_digits;  // of times: digits of a fraction of a second
  std::optional<uint64_t> bytes_max;        // of strings
  std::string charset;                      // of text; empty: none, or bytes
  uint32_t collation = 0;                   // the number of one of that charset
  bool is_json = false;  // MariaDB's JSON: a LONGTEXT of which a CHECK says that it is json_valid()
  bool nullable = true;
  bool null_by_default = false;  // a row that does not name it has NULL there
  bool may_select = true;

  friend bool operator==(const ColumnFacts&, const ColumnFacts&) = default;
};

struct MappedColumn {
  // As it is logged, but for an ENUM's or SET's labels, which only TABLE_MAP gives.
  TableColumn logged;
  DeclaredType declared = DeclaredType::as_logged;
  bool dates_as_text = false;  // a DATE, DATETIME or TIMESTAMP is read as text
  Type type{};                 // of its values

  DecodeOptions decode_options() const {
    return {.declared = declared, .dates_as_text = dates_as_text};
  }
};

// An error where the type is not supported: "has type X, …".
Result<MappedColumn> map_column(const ColumnFacts& column, bool dates_as_text = false);

}  // namespace leat::cdc::mysql

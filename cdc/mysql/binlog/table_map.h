// TABLE_MAP: which table the rows that follow are of, and what their columns are. With
// binlog_row_metadata=FULL it names everything that decoding a row needs, so that no DDL ever has
// to be understood.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cdc/mysql/binlog/event.h"
#include "log/base/bytes.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// enum_field_types, those that a binlog holds.
enum class ColumnType : uint8_t {
  tinyint = 1,
  smallint = 2,
  integer = 3,
  float32 = 4,
  float64 = 5,
  null = 6,
  timestamp_old = 7,  // the forms without fractions, from before MySQL 5.6 and MariaDB 10.1
  bigint = 8,
  mediumint = 9,
  date = 10,
  time_old = 11,
  datetime_old = 12,
  year = 13,
  varchar = 15,
  bit = 16,
  timestamp = 17,
  datetime = 18,
  time = 19,
  blob_compressed = 140,     // MariaDB's
  varchar_compressed = 141,  // MariaDB's
  vector = 242,
  json = 245,
  decimal = 246,
  enumeration = 247,  // arrives as string
  set = 248,          // arrives as string
  blob = 252,
  var_string = 253,
  string = 254,
  geometry = 255,
};

struct TableColumn {
  std::string name;  // UTF-8; empty where the metadata is MINIMAL
  ColumnType type{};
  bool nullable = true;
  bool is_unsigned = false;
  // Of a value: how many bytes it always has; or how many bytes of a length stand in front of it.
  uint32_t bytes_fixed = 0;
  uint8_t length_bytes = 0;
  // By type: bytes of a string at most; bits of a BIT; a DECIMAL's digits; digits of a fraction of
  // a second.
  uint32_t size = 0;
  uint8_t scale = 0;                // DECIMAL's digits after the point
  uint32_t collation = 0;           // of text, enum and set; 63 is binary; 0: not said
  std::vector<std::string> labels;  // of enum and set, in the column's character set
  bool visible = true;              // false: SELECT * does not show it
};

struct KeyPart {
  uint32_t column;
  uint32_t prefix;  // characters of it that count; 0: all
};

struct TableMap {
  std::string schema;
  std::string name;
  std::vector<TableColumn> columns;
  std::vector<KeyPart> primary_key;
  bool has_full_metadata = false;  // names and signs: binlog_row_metadata=FULL

  size_t json_column_count() const;
};

inline constexpr uint32_t kBinaryCollation = 63;

// The bytes of a TableMapEvent. Error where they do not parse exactly, or name a column type that
// is not known.
Result<TableMap> parse_table_map(std::string_view bytes);

}  // namespace leat::cdc::mysql

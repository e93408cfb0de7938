// The parts of TABLE_MAP that say what a column's type is and how long its values are.
#pragma once

#include "cdc/mysql/binlog/table_map.h"
#include "log/base/bytes.h"

namespace leat::cdc::mysql {

// Reads what stands in the metadata block for COLUMN, whose type is the one of the event, and fills
// in the type that it truly has and its sizes. False where such a type is not known.
bool read_column_metadata(ByteReader& in, TableColumn* column);

// What the lists of the optional metadata go by.
bool is_numeric(ColumnType type);     // has a sign bit
bool is_character(ColumnType type);   // has a character set
bool is_enumerated(ColumnType type);  // ENUM and SET: have a list of their own

// Bytes of a DECIMAL: nine digits in four bytes, fewer in fewer; on both sides of the point.
uint32_t decimal_bytes(uint32_t precision, uint32_t scale);

}  // namespace leat::cdc::mysql

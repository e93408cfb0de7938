// A row as bytes: the same in the log, in the stores and in the dataflow.
//
//   row   = null bitmap, ceil(columns / 8) bytes, bit i%8 of byte i/8 set where column i is NULL
//           then each column that is not NULL, in order:
//   field = boolean u8 | int16 i16 | int32, date i32 | int64, time, timestamp, timestamptz i64
//         | float32 f32 | float64 f64                            (fixed widths, little-endian)
//         | everything else: length (varint), bytes
//
// A row of given values has exactly one encoding (NaNs are made one; -0.0 and numeric 1.0 and 1.00
// are kept apart, as they print differently), so that equal bytes are the test of "the same row".
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "log/base/status.h"
#include "log/model/datum.h"
#include "log/model/type.h"

namespace leat {

// Appends the row. VALUES has as many entries as TYPE.
void append_row(const RowType& type, std::span<const Datum> values, std::string* out);

// Reads a row's columns into OUT (as many entries as TYPE); they point into ROW. The bytes may come
// from a disk: what does not parse exactly is a permanent error.
Status decode_row(const RowType& type, std::string_view row, std::span<Datum> out);

}  // namespace leat

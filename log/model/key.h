// Keys as bytes: canonical (equal values are equal bytes: 1.0 and 1.00, -0.0 and 0.0, char(3) 'a'
// and 'a  ', int32 1 and int64 1) and order-keeping (memcmp is PostgreSQL's order, text by bytes as
// COLLATE "C"; NaN above all numbers; NULL after everything).
//
//   key    = field...
//   field  = 0x01 value, or 0x02 for NULL
//   value  = boolean u8 | integers and dates i64 big-endian, sign bit flipped
//          | floats: f64 big-endian, all bits flipped where negative, else the sign bit
//          | numeric: order-keeping digits, see key.cc
//          | uuid 16 bytes | interval, timetz: by what PostgreSQL compares
//          | text and other bytes: 0x00 written as 0x00 0xFF, ended by 0x00 0x01
//
// One field never is a prefix of another, so keys may be concatenated and compared as a whole, and
// all keys that begin with a given tuple are a contiguous range.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "log/base/arena.h"
#include "log/base/status.h"
#include "log/model/datum.h"
#include "log/model/type.h"

namespace leat {

// json has no equality; jsonb's is by the printed text (documented rule).
bool type_can_be_key(TypeId id);

void append_key_field(TypeId type, const Datum& value, std::string* out);

// The columns of ROW_VALUES at INDEXES, one field each.
void append_key(const RowType& type, std::span<const Datum> row_values,
                std::span<const int> indexes, std::string* out);

// Reads a whole key back, of columns of TYPES, into OUT (as many entries). The values are equal to
// those that were written, and may print differently where equal values do: 1.50 as a column
// without a scale comes back as 1.5, -0.0 as 0, a char(n) without its trailing blanks, an interval
// of a month as 30 days. Bytes lie in ARENA. What does not parse exactly is a permanent error.
Status decode_key(const RowType& types, std::string_view key, Arena& arena, std::span<Datum> out);

// <0, 0, >0 as PostgreSQL orders two values that are not NULL.
int compare_datums(TypeId type, const Datum& a, const Datum& b);

}  // namespace leat

// Values in PostgreSQL's binary send format: what COPY (FORMAT binary) and pgoutput with
// `binary 'true'` carry.
// https://www.postgresql.org/docs/15/sql-copy.html, src/backend/utils/adt/*send
#pragma once

#include <string>
#include <string_view>

#include "log/base/arena.h"
#include "log/base/status.h"
#include "log/model/datum.h"
#include "log/model/type.h"

namespace leat {

// Decodes a value that is not NULL. The Datum points into BYTES where the format is the same, else
// into ARENA. Bytes that are no value of the type are a permanent error without the column's name:
// the caller adds where. Text must be valid UTF-8; the error names the first bad byte.
Result<Datum> decode_binary(Type type, std::string_view bytes, Arena& arena);

// Appends a value that is not NULL in the same format.
void append_binary(TypeId type, const Datum& value, std::string* out);

}  // namespace leat

// Values as text, as PostgreSQL prints and reads them (DateStyle ISO, IntervalStyle postgres,
// TimeZone UTC, extra_float_digits 1, bytea_output hex).
#pragma once

#include <string>
#include <string_view>

#include "log/base/status.h"
#include "log/model/datum.h"
#include "log/model/type.h"

namespace leat {

// Appends a value that is not NULL.
void append_text(TypeId type, const Datum& value, std::string* out);

// Parses TEXT; where the Datum needs bytes they are appended to STORAGE, whose reallocation would
// move them: the caller reserves, or uses a fresh string for each value. The error is PostgreSQL's
// sentence, e.g. `invalid input syntax for type integer: "x"`.
Result<Datum> parse_text(TypeId type, std::string_view text, std::string* storage);

}  // namespace leat

// Values as text, as PostgreSQL prints and reads them (DateStyle ISO, IntervalStyle postgres,
// TimeZone UTC, extra_float_digits 1, bytea_output hex).
#pragma once

#include <string>
#include <string_view>

#include "log/base/arena.h"
#include "log/base/status.h"
#include "log/model/datum.h"
#include "log/model/type.h"
#include "log/model/value_error.h"

namespace leat {

// Appends a value that is not NULL.
void append_text(TypeId type, const Datum& value, std::string* out);

// Parses TEXT; the Datum's bytes, where it has any, lie in ARENA or in TEXT itself.
Result<Datum, ValueError> parse_value(TypeId type, std::string_view text, Arena& arena);

// The same, where only a message is wanted; the error is permanent.
Result<Datum> parse_text(TypeId type, std::string_view text, Arena& arena);

}  // namespace leat

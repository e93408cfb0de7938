// Floating-point numbers as text: the shortest that reads back as the same number, in PostgreSQL's
// form (1e+20, 0.1, Infinity, NaN).
#pragma once

#include <string>
#include <string_view>

#include "log/base/status.h"
#include "log/model/value_error.h"

namespace leat {

void append_float32_text(float value, std::string* out);
void append_float64_text(double value, std::string* out);

Result<float, ValueError> parse_float32(std::string_view text);
Result<double, ValueError> parse_float64(std::string_view text);

}  // namespace leat

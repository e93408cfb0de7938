// Lengths of time as a person writes them in a setting, exactly.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace leat::cli {

// "30s", "5 min", "12h", "7d", "250ms", "forever" (INT64_MAX): none where it is no length of time.
std::optional<int64_t> parse_duration_ms(std::string_view text);

// The shortest text that parse_duration_ms reads back.
std::string exact_duration_text(int64_t ms);

}  // namespace leat::cli

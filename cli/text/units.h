// Numbers as a person reads them, and sizes as a person writes them. KB, MB … are powers of 1024,
// as in PostgreSQL's settings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "log/base/size_text.h"

namespace leat::cli {

using leat::bytes_text;
using leat::count_text;
std::string duration_text(int64_t us);  // 0 ms, 3 ms, 15.2 s, 4 min, 3 h, 2 d
std::string rate_text(double per_second, std::string_view unit);  // 4,120 changes/s, 212k rows/s
std::string percent_text(uint64_t part, uint64_t whole);          // 61 %
std::string clock_text(int64_t unix_us);                          // 12:00:17, local time

// "512MB", "2 GB", "1048576": none where it is no size.
std::optional<uint64_t> parse_bytes(std::string_view text);

// The columns that TEXT takes on a terminal: its code points (what we print has no wide ones).
size_t display_width(std::string_view text);
// TEXT with blanks behind it up to WIDTH columns.
std::string padded(std::string_view text, size_t width);

}  // namespace leat::cli

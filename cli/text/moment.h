// Points in time as a person writes them on the command line.
#pragma once

#include <cstdint>
#include <string_view>

#include "log/base/status.h"

namespace leat::cli {

// "15min" (so long before NOW_MS), or "2026-11-22 20:00:00" and the like, in UTC where no zone is
// said: milliseconds since 1970.
Result<int64_t> parse_moment_ms(std::string_view text, int64_t now_ms);

}  // namespace leat::cli

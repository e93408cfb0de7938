// The state (views, row stores) is made from one log, and counts in its cuts. Beside another one, a
// backup that was restored without it, the same numbers stand for other contents: so the directory
// says which log it was made from, and is made anew where that is not the one that is open.
#pragma once

#include <cstdint>
#include <string>

#include "log/base/status.h"

namespace leat::cli {

// Before the state is opened. INCARNATION: of the open log (log::LogState).
Status settle_state_dir(const std::string& dir, uint64_t incarnation);

}  // namespace leat::cli

// For commands that only the running process can answer.
#pragma once

#include "cli/config/config.h"
#include "cli/control/client.h"
#include "log/base/status.h"

namespace leat::cli {

// The process over this configuration's data directory; an error that says how to start one where
// there is none.
Result<ControlClient> running_process(const Config& config);

// The bytes with everything but unreserved characters escaped, for one part of a target's path.
std::string path_part(std::string_view bytes);

}  // namespace leat::cli

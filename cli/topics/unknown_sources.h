// Table topics that nobody writes any more.
#pragma once

#include <string>
#include <vector>

#include "cli/config/config.h"
#include "log/change_log.h"

namespace leat::cli {

// The sources that topics of STATE are named after and CONFIG does not name, in order.
std::vector<std::string> unknown_sources(const log::LogState& state, const Config& config);

}  // namespace leat::cli

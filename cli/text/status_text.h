// What `leat status` prints.
#pragma once

#include <string>

#include "cli/status_report.h"

namespace leat::cli {

std::string status_text(const StatusReport& report);

// Its table of views alone.
std::string views_text(const StatusReport& report);

// One line of a source or view that needs a person, led by its name; empty where all is well.
std::string trouble_text(const StatusReport& report);

}  // namespace leat::cli

// The process's log: spdlog's default logger, a line an event, on standard output.
#pragma once

#include "cli/terminal/screen.h"

namespace leat::cli {

// From here on spdlog's default logger writes through SCREEN, which must outlive stop_logging(). On
// a terminal a line is led by the time of day, in a file by the whole date; warnings and errors say
// so.
void start_logging(Screen& screen);
void stop_logging();

// For a command whose own lines say what it did: warnings go to standard error, the rest nowhere.
void log_warnings_only();

}  // namespace leat::cli

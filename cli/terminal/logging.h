// The process's log: spdlog's default logger, a line an event, on standard output.
#pragma once

#include "cli/terminal/screen.h"

namespace leat::cli {

// From here on spdlog's default logger writes through SCREEN, which must outlive stop_logging(). On
// a terminal a line is led by the time of day, in a file by the whole date; warnings and errors say
// so.
void start_logging(Screen& screen);
void stop_logging();

}  // namespace leat::cli

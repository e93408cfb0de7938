// The program's arguments.
#pragma once

namespace leat::cli {

// Runs what the arguments say; returns the process's exit status: 0, 1 where it failed or found
// something to mend, 2 where the arguments or the configuration are wrong.
int run_command_line(int argc, const char* const* argv);

}  // namespace leat::cli

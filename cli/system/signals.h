// SIGTERM and SIGINT as an event that the main thread waits for.
#pragma once

#include <chrono>

namespace leat::cli {

// From here on both are blocked in this thread and in all that it starts; SIGPIPE is ignored. Make
// it before any other thread.
class StopSignals {
 public:
  StopSignals();

  // True: one came. False: none within TIMEOUT.
  bool wait(std::chrono::milliseconds timeout);
  // From here on they end the process at once, as they do without Leat's doing.
  void let_the_next_one_kill();
};

}  // namespace leat::cli

// How one piece of long work comes on: a bar on a terminal, a line now and then on standard error
// elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "cli/terminal/screen.h"

namespace leat::cli {

// One thread. The bar goes with it.
class WorkProgress {
 public:
  // Counts bytes, shown in MB.
  explicit WorkProgress(std::string name);

  // DETAIL: one more fact, or nothing. Fewer BYTES_DONE than before: other work has begun.
  void update(uint64_t bytes_done, uint64_t bytes_total, const std::string& detail = "");

 private:
  const std::string name_;
  Screen screen_;
  std::chrono::steady_clock::time_point started_at_;
  std::chrono::steady_clock::time_point shown_at_;
  uint64_t bytes_before_ = 0;  // of the update before
};

}  // namespace leat::cli

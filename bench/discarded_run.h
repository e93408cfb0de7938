// The wall time of a program whose output is thrown away.
#pragma once

#include <string>
#include <vector>

#include "bench/harness.h"
#include "tests/support/process.h"

namespace leat::bench {

// Ends the benchmark where ARGV does not end well within ten minutes.
inline double seconds_of_discarded_run(const std::vector<std::string>& argv) {
  auto start = now();
  auto process = take(test::Process::start(
      {.argv = argv, .environment = {}, .output_path = "/dev/null", .user = {}}));
  auto status = process.wait(std::chrono::minutes(10));
  double seconds = seconds_since(start);
  if (status != 0) fail(argv[0] + " did not end well");
  return seconds;
}

}  // namespace leat::bench

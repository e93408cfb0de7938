// What every benchmark does: it ends at the first thing that goes wrong, for a benchmark whose
// result is wrong has none; and it measures wall time.
#pragma once

#include <cerrno>  // program_invocation_short_name
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "log/base/status.h"

namespace leat::bench {

using SteadyTime = std::chrono::steady_clock::time_point;

inline SteadyTime now() {
  return std::chrono::steady_clock::now();
}
inline double seconds_since(SteadyTime start) {
  return std::chrono::duration<double>(now() - start).count();
}

// Ends the program with WHY behind its name.
[[noreturn]] inline void fail(const std::string& why) {
  std::fprintf(stderr, "%s: %s\n", program_invocation_short_name, why.c_str());
  std::exit(1);
}

inline void require(const Status& status) {
  if (!status.ok()) fail(status.error().message());
}

// The value of a result that must be there.
template <class T>
T take(Result<T> result) {
  if (!result.ok()) fail(result.error().message());
  return std::move(result).value();
}

}  // namespace leat::bench

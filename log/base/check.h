// Always-on checks for our own bugs. Never for bytes that came from a disk, a network or a person:
// those are parsed with bounds and end in an Error.
#pragma once

namespace leat {

// Writes "FILE:LINE: check failed: CONDITION" to standard error and aborts.
[[noreturn]] void check_failed(const char* file, int line, const char* condition);

}  // namespace leat

#define LEAT_CHECK(condition)                               \
  do {                                                      \
    if (!(condition)) [[unlikely]]                          \
      ::leat::check_failed(__FILE__, __LINE__, #condition); \
  } while (false)

#pragma once

#include <cstdint>

namespace leat::cli {

// What this process holds in RAM; 0 where the kernel does not say.
uint64_t resident_bytes();

}  // namespace leat::cli

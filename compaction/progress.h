// How far a compaction is, for whoever waits for it: written by the cleaner's thread, read by any.
#pragma once

#include <atomic>
#include <cstdint>

namespace leat::compaction {

struct Progress {
  std::atomic<uint64_t> bytes_total{0};  // to be read, in all passes; an estimate until the last
  std::atomic<uint64_t> bytes_done{0};
  std::atomic<uint64_t> keys{0};  // distinct dirty ones found so far
};

}  // namespace leat::compaction

// How far a compaction is, for whoever waits for it: written by the cleaner's thread, read by any.
#pragma once

#include <atomic>
#include <cstdint>

namespace leat::compaction {

struct Progress {
  std::atomic<uint64_t> bytes_total{0};  // to be read, in all passes; an estimate until the last
  std::atomic<uint64_t> bytes_done{0};
  std::atomic<uint64_t> keys{0};  // distinct dirty ones found so far
  // It has not begun: the partition that the cleaner is at comes first, as fast as the disk goes.
  std::atomic<bool> waits{false};
};

}  // namespace leat::compaction

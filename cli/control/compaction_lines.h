// A compaction that somebody asked for, and its answer over the socket: JSON lines that say how far
// it is, then one with the result.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "compaction/cleaner.h"
#include "log/base/status.h"

namespace leat::cli {

struct CompactionProgress {
  uint64_t bytes_done = 0;
  uint64_t bytes_total = 0;  // grows with each pass that turns out to be needed
  uint64_t keys = 0;         // distinct ones found so far
  // All this is of another partition, which the cleaner is at: that is finished first.
  bool waits = false;
};
using TellCompaction = std::function<void(const CompactionProgress&)>;

// Returns when all of TOPIC that may be compacted is. TELL is called several times a second, from
// this thread.
Result<compaction::CompactionTotals> compact_and_tell(compaction::Cleaner& cleaner,
                                                      const std::string& topic,
                                                      const TellCompaction& tell);

std::string compaction_progress_line(const CompactionProgress& progress);
std::string compaction_result_line(const Result<compaction::CompactionTotals>& result);
// The result, where LINE is the last one; otherwise TELL is told.
std::optional<Result<compaction::CompactionTotals>> read_compaction_line(
    std::string_view line, const TellCompaction& tell);

// What `leat log compact` prints in the end.
std::string compaction_text(const std::string& topic, const compaction::CompactionTotals& totals,
                            int64_t took_us);

}  // namespace leat::cli

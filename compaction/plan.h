// What should be compacted, and what retention lets go: from a partition's segments, its topic's
// settings, the time and how far the readers are.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compaction/partition_compaction.h"
#include "log/change_log.h"
#include "log/segment.h"

namespace leat::compaction {

// Of one partition.
struct PartitionFacts {
  PartitionId partition;
  std::vector<log::SegmentState> closed;  // oldest first
  Offset cleaned_horizon;
  uint64_t bytes = 0;  // with the active segment
};

struct PlanContext {
  const log::TopicSettings& settings;
  int64_t now_ms = 0;
  CutId floor;  // no reader needs anything up to here any more
  // Then whatever is dirty is due, however little of the partition it is.
  bool is_short_of_room = false;
};

struct CompactionPlan {
  CompactionInput input;
  uint64_t clean_bytes = 0;
  uint64_t dirty_bytes = 0;
  // Dirty as well, and old enough, but a reader has not passed it.
  uint64_t held_back_bytes = 0;
  // Enough is dirty, or something for too long, or tombstones are to go.
  bool is_due = false;

  double dirty_share() const {
    return static_cast<double>(dirty_bytes) / static_cast<double>(clean_bytes + dirty_bytes + 1);
  }
};

// Of a table's partition.
CompactionPlan plan_compaction(const PartitionFacts& facts, const PlanContext& context);

// Of a stream's partition: the replacement that removes its oldest segments; none where nothing may
// go. HELD_BACK_BYTES gets what a reader keeps.
std::optional<log::SegmentReplacement> plan_retention(const PartitionFacts& facts,
                                                      const PlanContext& context,
                                                      uint64_t* held_back_bytes);

}  // namespace leat::compaction

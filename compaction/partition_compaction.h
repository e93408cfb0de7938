// The compaction of one partition: of the records of a key the newest stays, with its offset.
//
//   closed segments   ├── clean ──┼── dirty ──┼─ newer than the floor ─┼─ active ─▶
//                     └─ read, what survives written to new files ─┘ replaced by one cut
//
// What may go (survivors.h; log-format.md says why):
//   - a record that is not the newest of its key among the input
//   - a tombstone whose delete horizon has passed, which is set when it is first compacted
// Nothing is in a state that a reader could see before the replacement's cut is durable; whatever
// fails before that leaves the partition as it was.
#pragma once

#include <cstdint>
#include <vector>

#include "compaction/pace.h"
#include "compaction/progress.h"
#include "compaction/segment_writer.h"
#include "log/segment_access.h"

namespace leat::compaction {

// What to compact: the partition's oldest closed segments, every batch of which all readers have
// passed. Those before FIRST_DIRTY are below the cleaned horizon.
struct CompactionInput {
  PartitionId partition;
  std::vector<log::SegmentState> segments;
  size_t first_dirty = 0;
};

struct CompactionOptions {
  uint64_t map_bytes = 64 << 20;
  int64_t tombstone_retention_ms = 0;
  SegmentWriterOptions output;
};

struct CompactionTotals {
  uint64_t records_read = 0;
  uint64_t records_kept = 0;
  uint64_t bytes_before = 0;
  uint64_t bytes_after = 0;
  uint64_t bytes_read = 0;       // in all passes
  uint64_t held_back_bytes = 0;  // dirty, but a reader has not passed them
  uint64_t keys = 0;             // distinct dirty ones
  int passes = 0;
  bool replaced = false;  // false: the partition changed meanwhile, and is as it was
};

// Errors: transient (stopped; the log is closing; no room on the disk) or permanent (a segment is
// damaged, a record does not parse). The partition is then as it was.
Result<CompactionTotals> compact_partition(log::SegmentAccess& access, const CompactionInput& input,
                                           const CompactionOptions& options, Pace& pace,
                                           Progress& progress);

}  // namespace leat::compaction

// What the log says of its segment files.
//
// A segment file is written once, from its base on, or rewritten by compaction as a new file beside
// the old one: its revision tells the two apart, and no name is ever used again. Live are exactly
// those that the state names.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/ids.h"

namespace leat::log {

struct SegmentName {
  Offset base;
  uint32_t revision = 0;  // 0: as it was appended

  SegmentName() = default;
  // The segment that appends began at BASE.
  SegmentName(Offset base_offset) : base(base_offset) {}
  SegmentName(Offset base_offset, uint32_t its_revision)
      : base(base_offset), revision(its_revision) {}

  friend auto operator<=>(const SegmentName&, const SegmentName&) = default;
};

inline constexpr int64_t kNoDeleteHorizon = INT64_MAX;
inline constexpr std::string_view kSegmentSuffix = ".log";
// Of the files beside it (segment_index.h).
inline constexpr std::string_view kOffsetIndexSuffix = ".index";
inline constexpr std::string_view kTimeIndexSuffix = ".timeindex";
inline constexpr std::string_view kCutIndexSuffix = ".cutindex";
inline constexpr std::string_view kIndexSuffixes[] = {kOffsetIndexSuffix, kTimeIndexSuffix,
                                                      kCutIndexSuffix};

// 00000000000000000042.log, and of revision 3: 00000000000000000042.r3.log. (Kafka's tools take
// what stands before the first dot for the base.)
std::string segment_file_name(const SegmentName& name, std::string_view suffix = kSegmentSuffix);

// A segment file's committed part.
struct SegmentState {
  Offset base;
  uint32_t revision = 0;
  Offset end;
  uint64_t bytes = 0;
  int64_t timestamp_ms_first = 0;  // the highest of what was appended first
  int64_t timestamp_ms_max = 0;
  CutId cut_max;  // of its batches
  // The first time at which a tombstone in it may go; of a compacted one.
  int64_t delete_horizon_ms = kNoDeleteHorizon;

  SegmentName name() const { return {base, revision}; }
  friend bool operator==(const SegmentState&, const SegmentState&) = default;
};

// The oldest segments of a partition, exchanged for others or for none: what compaction and
// retention do. Committed by a cut of which it is a part.
struct SegmentReplacement {
  PartitionId partition;
  std::vector<SegmentState> removed;  // the partition's first ones
  std::vector<SegmentState> added;    // complete and synced; between the first's base and the end
  Offset start;                       // the partition's, from now on
  Offset cleaned_horizon;             // likewise; at or before the first that is not removed
  // The generation reads as a consistent table from here on, at the earliest: the highest cut of
  // what is removed.
  CutId since;

  friend bool operator==(const SegmentReplacement&, const SegmentReplacement&) = default;
};

}  // namespace leat::log

// Where in a partition a cut ended, and where a time begins: by the indexes, then by walking.
#pragma once

#include <memory>

#include "log/base/status.h"
#include "log/partition.h"
#include "log/segment_store.h"

namespace leat::log {

// One past the last record of the cuts up to CUT, as far as the partition still has them.
Result<Offset> offset_behind_cut(std::shared_ptr<Partition> partition, SegmentStore& segments,
                                 CutId cut);
// The first record of time TIMESTAMP_MS or later in cuts up to PUBLISHED; behind the last where
// there is none. (Times need not rise with offsets.)
Result<Offset> offset_from_time(std::shared_ptr<Partition> partition, SegmentStore& segments,
                                int64_t timestamp_ms, CutId published);

}  // namespace leat::log

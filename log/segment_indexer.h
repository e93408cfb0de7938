// Segments' index files: made from the segments, written, and read back where somebody looks for an
// offset, a time or a cut. They are never synced and never needed.
#pragma once

#include <memory>
#include <vector>

#include "log/base/status.h"
#include "log/partition.h"
#include "log/segment_index.h"
#include "log/segment_store.h"

namespace leat::log {

struct IndexJob {
  std::shared_ptr<Partition> partition;
  SegmentState segment;
};
// The closed segments that no job was made for yet in this run; ALL: the others too.
std::vector<IndexJob> index_jobs(const PartitionTable& partitions, bool all);

// Gives PARTITION what the index files of a segment say, if it has not looked at them yet; where
// they do not help, looking ends at the segment's start.
void load_index(Partition& partition, SegmentStore& segments, const SegmentName& segment);

// What the index files of SEGMENT say, if they are whole and of nothing but what is committed.
// Errors: a file is not there (transient, or as the file system has it), or does not verify.
Result<SegmentIndex> read_index(const Partition& partition, SegmentStore& segments,
                                const SegmentState& segment);

// Makes and writes the index files of SEGMENT, unless they stand there already and are whole.
// Returns how many bytes of the segment it had to read. An error says why not: the segment is
// damaged, or no room.
Result<uint64_t> write_index(const std::shared_ptr<Partition>& partition, SegmentStore& segments,
                             const SegmentState& segment);

}  // namespace leat::log

#include "log/segment_indexer.h"

#include "log/partition_cursor.h"

namespace leat::log {
namespace {

constexpr size_t kReadBytes = 1 << 20;
constexpr uint64_t kIndexBytesMax = 64 << 20;

Result<SegmentIndex> make_index(const std::shared_ptr<Partition>& partition, SegmentStore& segments,
                                const SegmentState& segment) {
  SegmentIndexBuilder builder(segment.base);
  PartitionCursor cursor(partition, segments, segment.base);
  cursor.set_read_bytes(kReadBytes);
  for (uint64_t bytes = 0; bytes < segment.bytes;) {
    LEAT_ASSIGN_OR_RETURN(const BatchView* batch, cursor.peek());
    if (batch == nullptr || !(cursor.segment() == segment.name())) {
      return Error::permanent("the segment was replaced meanwhile");
    }
    builder.add(*batch);
    bytes += batch->bytes.size();
    cursor.pop();
  }
  return std::move(builder).finish();
}

}  // namespace

Result<SegmentIndex> read_index(const Partition& partition, SegmentStore& segments,
                                const SegmentState& segment) {
  IndexFiles files;
  SegmentName name = segment.name();
  LEAT_ASSIGN_OR_RETURN(files.cuts,
                        segments.read_beside(partition, name, kCutIndexSuffix, kIndexBytesMax));
  LEAT_ASSIGN_OR_RETURN(files.offsets,
                        segments.read_beside(partition, name, kOffsetIndexSuffix, kIndexBytesMax));
  LEAT_ASSIGN_OR_RETURN(files.times,
                        segments.read_beside(partition, name, kTimeIndexSuffix, kIndexBytesMax));
  LEAT_ASSIGN_OR_RETURN(auto index, decode_index(files, segment.base));
  if (index.bytes <= segment.bytes) return index;
  return Error::permanent("an index is of more than its segment holds");
}

std::vector<IndexJob> index_jobs(const PartitionTable& partitions, bool all) {
  std::vector<IndexJob> jobs;
  for (const std::shared_ptr<Partition>& partition : partitions.all()) {
    for (const SegmentState& segment : partition->take_unindexed(all)) {
      jobs.push_back({partition, segment});
    }
  }
  return jobs;
}

void load_index(Partition& partition, SegmentStore& segments, const SegmentName& segment) {
  auto state = partition.segment_without_index(segment);
  if (!state) return;
  auto index = read_index(partition, segments, *state);
  partition.set_index(segment, index.ok() ? *index : SegmentIndex());
}

Result<uint64_t> write_index(const std::shared_ptr<Partition>& partition, SegmentStore& segments,
                             const SegmentState& segment) {
  auto there = read_index(*partition, segments, segment);
  if (there.ok() && there->bytes == segment.bytes) return uint64_t{0};
  LEAT_ASSIGN_OR_RETURN(auto index, make_index(partition, segments, segment));
  IndexFiles files = encode_index(index, segment.base);
  SegmentName name = segment.name();
  LEAT_RETURN_IF_ERROR(segments.write_beside(*partition, name, kOffsetIndexSuffix, files.offsets));
  LEAT_RETURN_IF_ERROR(segments.write_beside(*partition, name, kTimeIndexSuffix, files.times));
  LEAT_RETURN_IF_ERROR(segments.write_beside(*partition, name, kCutIndexSuffix, files.cuts));
  return segment.bytes;
}

}  // namespace leat::log

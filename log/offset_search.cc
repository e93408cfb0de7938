#include "log/offset_search.h"

#include "log/partition_cursor.h"
#include "log/segment_indexer.h"

namespace leat::log {
namespace {

// The first record of BATCH at that time or later; none where the batch's highest time is a lie.
Result<std::optional<Offset>> first_from(const BatchView& batch, int64_t timestamp_ms) {
  std::vector<RecordView> records;
  LEAT_RETURN_IF_ERROR(append_records(batch, batch.base, &records));
  for (const RecordView& record : records) {
    if (record.timestamp_ms >= timestamp_ms) return std::optional(record.offset);
  }
  return std::optional<Offset>();
}

}  // namespace

Result<Offset> offset_behind_cut(std::shared_ptr<Partition> partition, SegmentStore& segments,
                                 CutId cut) {
  Offset end = partition->end();  // before anything more is appended
  auto segment = partition->first_segment_beyond(cut);
  if (!segment) return end;
  load_index(*partition, segments, *segment);
  PartitionCursor cursor(partition, segments, partition->last_indexed(*segment, cut));
  while (true) {
    LEAT_ASSIGN_OR_RETURN(const BatchView* batch, cursor.peek());
    if (batch == nullptr || batch->cut > cut) return cursor.offset();
    cursor.pop();
  }
}

Result<Offset> offset_from_time(std::shared_ptr<Partition> partition, SegmentStore& segments,
                                int64_t timestamp_ms, CutId published) {
  auto segment = partition->first_segment_from_time(timestamp_ms);
  if (!segment) return offset_behind_cut(std::move(partition), segments, published);
  load_index(*partition, segments, *segment);
  PartitionCursor cursor(partition, segments,
                         partition->last_indexed_before_time(*segment, timestamp_ms));
  while (true) {
    LEAT_ASSIGN_OR_RETURN(const BatchView* batch, cursor.peek());
    if (batch == nullptr || batch->cut > published) return cursor.offset();
    if (batch->timestamp_max_ms >= timestamp_ms) {
      LEAT_ASSIGN_OR_RETURN(auto found, first_from(*batch, timestamp_ms));
      if (found) return *found;
    }
    cursor.pop();
  }
}

}  // namespace leat::log

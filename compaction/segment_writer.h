// Writes what survives into new segment files: offsets and times as they were, without `before`.
//
//   batches  ├─ 3 5 6 │ 9 ─┤   each begins where the one before ended, so a reader can go on asking
//            3        7    10  for the next offset; the first of a file begins with its first
//            record
//
// A batch names the highest cut that it holds something of, and where it holds tombstones the time
// from which they may go (batch.h): those of different times do not share one, or the later would
// keep the earlier.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compaction/pace.h"
#include "log/batch.h"
#include "log/segment_access.h"

namespace leat::compaction {

struct SegmentWriterOptions {
  uint64_t segment_bytes_max = 0;
  log::BatchCodec codec = log::BatchCodec::none;
};

// One thread.
class SegmentWriter {
 public:
  static Result<std::unique_ptr<SegmentWriter>> open(log::SegmentAccess& access,
                                                     PartitionId partition, Pace& pace,
                                                     const SegmentWriterOptions& options);
  ~SegmentWriter();  // discards what it wrote, unless it was kept

  // RECORD, of the cut CUT: both rise. A tombstone may go from DELETE_HORIZON_MS on.
  Status add(const log::RecordView& record, CutId cut, int64_t delete_horizon_ms);
  // Brings everything to disk. Returns the new segments, oldest first.
  Result<std::vector<log::SegmentState>> finish();
  // The files belong to the log now.
  void keep() { written_.clear(); }

  uint64_t bytes() const { return bytes_; }

 private:
  static constexpr size_t kWriteBytes = 4 << 20;
  // Kafka's indexes count offsets within a segment, and batches within themselves, in 31 bits.
  static constexpr int64_t kOffsetSpanMax = INT32_MAX;

  SegmentWriter(log::SegmentAccess& access, PartitionId partition, Pace& pace,
                const SegmentWriterOptions& options, uint32_t revision);

  bool fits_batch(const log::RecordView& record, int64_t delete_horizon_ms) const;
  Status strip_before(const log::RecordView& record, log::RecordView* out);
  Status begin_batch(const log::RecordView& record, CutId cut, int64_t delete_horizon_ms);
  Status end_batch();
  Status begin_segment(Offset base);
  Status end_segment();
  Status write_out();

  log::SegmentAccess& access_;
  const PartitionId partition_;
  Pace& pace_;
  const SegmentWriterOptions options_;
  const uint32_t revision_;

  std::vector<log::SegmentName> written_;
  std::vector<log::SegmentState> complete_;
  std::unique_ptr<File> file_;  // of segment_; null: none is open
  log::SegmentState segment_;   // being written, with the bytes in buffer_
  std::string buffer_;
  log::BatchWriter batch_;
  Offset batch_base_;
  size_t batch_start_ = 0;  // in buffer_
  Offset batch_end_;
  CutId batch_cut_;
  int64_t batch_timestamp_ms_max_ = 0;
  std::optional<int64_t> batch_delete_horizon_ms_;
  std::string header_;  // of the record at hand
  uint64_t bytes_ = 0;
};

}  // namespace leat::compaction

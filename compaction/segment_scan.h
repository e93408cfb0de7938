// Reads closed segments from the first batch to the last.
#pragma once

#include <functional>
#include <vector>

#include "compaction/pace.h"
#include "compaction/progress.h"
#include "log/batch.h"
#include "log/segment_access.h"

namespace leat::compaction {

// A batch and its records, which live until the next one.
struct ScannedBatch {
  const log::BatchView& batch;
  const std::vector<log::RecordView>& records;
};

// One thread.
class SegmentScan {
 public:
  SegmentScan(log::SegmentAccess& access, PartitionId partition, Pace& pace, Progress& progress);

  using Visit = std::function<Status(const ScannedBatch&)>;
  // Gives every batch of SEGMENT. A batch that does not verify, or is not where it belongs, is a
  // permanent error that names the place: what is damaged is not compacted.
  Status run(const log::SegmentState& segment, const Visit& visit);

  uint64_t bytes_read() const { return bytes_read_; }

 private:
  static constexpr size_t kReadBytes = 4 << 20;

  Status fill(const File& file, const log::SegmentState& segment, size_t bytes_wanted);
  // The next batch, with its records in records_; it lives until the next call.
  Result<log::BatchView> next(const File& file, const log::SegmentState& segment);

  log::SegmentAccess& access_;
  const PartitionId partition_;
  Pace& pace_;
  Progress& progress_;
  std::string buffer_;
  std::string_view rest_;  // of the buffer, not yet given
  uint64_t position_ = 0;  // in the segment, of rest_
  Offset expected_;        // that the next batch must begin with
  std::vector<log::RecordView> records_;
  uint64_t bytes_read_ = 0;
};

}  // namespace leat::compaction

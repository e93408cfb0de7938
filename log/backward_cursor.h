// Walks the batches of one partition from the newest to the oldest: what a reader was given is
// taken back in this order, so that it holds a state it once held at every moment. One thread.
#pragma once

#include <memory>
#include <vector>

#include "log/batch.h"
#include "log/partition.h"
#include "log/partition_cursor.h"
#include "log/segment_store.h"

namespace leat::log {

class BackwardCursor {
 public:
  // Starts with the last record below END.
  BackwardCursor(std::shared_ptr<Partition> partition, SegmentStore& segments, Offset end)
      : partition_(std::move(partition)), segments_(segments), end_(end) {}

  struct Found {
    BatchView batch;
    Block block;  // that the batch is in
  };
  // The batch that holds the last record below end(); null when there is none.
  Result<const Found*> peek();
  // Moves before the peeked batch.
  void pop();

  Offset end() const { return end_; }

 private:
  // Batches are found by reading forwards from the nearest index entry; so many bytes of them are
  // kept for the next calls.
  static constexpr size_t kKeptBytesMax = 2 << 20;

  Status find_before_end();

  std::shared_ptr<Partition> partition_;
  SegmentStore& segments_;
  Offset end_;
  std::vector<Found> found_;  // in order; the last one is next
};

// Appends the records of BATCH below END to OUT, the last one first.
Status append_records_backwards(const BatchView& batch, Offset end, std::vector<RecordView>* out);

}  // namespace leat::log

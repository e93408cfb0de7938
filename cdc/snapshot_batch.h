// Rows of a snapshot on their way from the thread that reads them to the source's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cdc/bounded_queue.h"
#include "cdc/table.h"
#include "log/base/status.h"
#include "log/record.h"

namespace leat::cdc {

// What a worker hands to the source's thread.
struct SnapshotBatch {
  std::optional<TableIndex> table;  // none: the worker has ended
  std::vector<log::RecordBuffer> partitions;
  uint64_t row_count = 0;
  bool ends_task = false;
  std::optional<Error> error;  // with a table: its rows cannot be decoded; without: the copy failed
};

using SnapshotQueue = BoundedQueue<SnapshotBatch>;

// What every row of a snapshot carries: transaction 0, when and where it was taken.
struct SnapshotStamp {
  std::string change_header;
  int64_t timestamp_ms = 0;

  static SnapshotStamp make(std::string_view commit_position);
};

// Gathers the rows of one task into batches. One thread.
class SnapshotBatcher {
 public:
  // All must outlive it.
  SnapshotBatcher(TableIndex index, const CapturedTable* table, const SnapshotStamp* stamp,
                  SnapshotQueue* queue);

  // Hands a batch over when it is large enough: may wait. An error once the queue is closed.
  Status add(std::string_view key, std::string_view row);
  // The last batch; with ERROR where the table's rows cannot be decoded.
  Status end_task(std::optional<Error> error);

 private:
  Status hand_over();
  void begin_batch();

  TableIndex index_;
  const CapturedTable* table_;
  const SnapshotStamp* stamp_;
  SnapshotQueue* queue_;
  SnapshotBatch batch_;
  size_t bytes_ = 0;
  std::string value_;
};

}  // namespace leat::cdc

// One connection's part of a snapshot: COPY ranges of pages, turn the rows into records.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "cdc/bounded_queue.h"
#include "cdc/postgres/connection.h"
#include "cdc/table.h"
#include "log/record.h"

namespace leat::cdc {

// A range of a table's pages.
struct SnapshotTask {
  TableIndex table;
  std::string copy_sql;
};

// What a worker hands to the source's thread.
struct SnapshotBatch {
  std::optional<TableIndex> table;  // none: the worker has ended
  std::vector<log::RecordBuffer> partitions;
  uint64_t row_count = 0;
  bool ends_task = false;
  std::optional<Error> error;  // with a table: its rows cannot be decoded; without: the copy failed
};

using SnapshotQueue = BoundedQueue<SnapshotBatch>;

// What all workers share; nothing of it changes but the counter.
struct SnapshotWork {
  ConnectOptions connect;
  const StopSignal* stop;
  std::string exported_snapshot;
  const TableSet* tables;
  std::vector<SnapshotTask> tasks;
  std::string change_header;  // every row's
  int64_t timestamp_ms;
  std::atomic<size_t> next_task{0};
};

// A session that sees the exported snapshot.
Result<std::unique_ptr<Connection>> open_snapshot_session(const ConnectOptions& connect,
                                                          const StopSignal* stop,
                                                          const std::string& exported_snapshot);

// Takes tasks until there are none left; its last batch says how it ended. Ends early when QUEUE is
// closed.
void run_snapshot_worker(SnapshotWork* work, SnapshotQueue* queue);

// The tasks of a table of PAGES pages.
std::vector<SnapshotTask> snapshot_tasks(TableIndex index, const CapturedTable& table,
                                         const std::string& quoted_name, uint32_t pages);

}  // namespace leat::cdc

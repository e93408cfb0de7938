// One connection's part of a snapshot: COPY ranges of pages, turn the rows into records.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "cdc/postgres/connection.h"
#include "cdc/snapshot_batch.h"
#include "cdc/table.h"

namespace leat::cdc {

// A range of a table's pages.
struct SnapshotTask {
  TableIndex table;
  std::string copy_sql;
};

// What all workers share; nothing of it changes but the counter.
struct SnapshotWork {
  ConnectOptions connect;
  const StopSignal* stop;
  std::string exported_snapshot;
  std::string lock_sql;  // of all tables
  const TableSet* tables;
  std::vector<SnapshotTask> tasks;
  SnapshotStamp stamp;
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

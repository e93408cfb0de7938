// One connection's part of a snapshot: SELECT ranges of tables, turn the rows into records.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "cdc/mysql/capture_rules.h"
#include "cdc/mysql/client.h"
#include "cdc/mysql/overlap.h"
#include "cdc/snapshot_batch.h"
#include "cdc/table.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// A range of a table's keys.
struct SnapshotTask {
  TableIndex table;
  std::string sql;
};

// What all workers share; nothing of it changes but the counter.
struct SnapshotWork {
  const CapturePlan* plan;
  const Overlap* overlap;  // rows of its keys are left out
  SnapshotStamp stamp;
  std::vector<SnapshotTask> tasks;
  std::atomic<size_t> next_task{0};
};

// Takes tasks until there are none left; its last batch says how it ended. Ends early when QUEUE is
// closed.
void run_snapshot_worker(SnapshotWork* work, Client* client, SnapshotQueue* queue);

// The tasks of a table, whose key's range CLIENT is asked for.
Result<std::vector<SnapshotTask>> snapshot_tasks(Client& client, TableIndex index,
                                                 const CapturePlan& plan);

}  // namespace leat::cdc::mysql

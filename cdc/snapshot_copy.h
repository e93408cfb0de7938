// The source's thread's part of a snapshot, whichever the database: rows that workers read go to
// new generations, which nobody sees until one cut switches the topics to them.
//
//   worker 1: reads a part of a table ─▶ records ┐  bounded   source's thread: submit to the log,
//   worker 2: reads another           ─▶ records ├─ queue ──▶ put into the row store, progress
//   …                                            ┘            … then one cut: switch, position
//
// Killed midway, all of it is done again, with new generations.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "cdc/row_store.h"
#include "cdc/snapshot_batch.h"
#include "cdc/status_board.h"
#include "cdc/stop_signal.h"
#include "cdc/table.h"
#include "log/change_log.h"

namespace leat::cdc {

// What a snapshot goes to. All must outlive it.
struct SnapshotTarget {
  std::string source;
  const StopSignal* stop = nullptr;
  log::ChangeLog* log = nullptr;
  RowStore* rows = nullptr;  // null: whoever goes on takes the rows from the log
  StatusBoard* status = nullptr;
  TableSet* tables = nullptr;  // gives them schema ids and generations, and stops some
};

struct TableSize {
  uint64_t rows_estimated = 0;
  uint64_t bytes = 0;
};

// One thread.
class SnapshotCopy {
 public:
  // SIZES: of each table.
  SnapshotCopy(SnapshotTarget target, std::vector<TableSize> sizes);

  // Begins the generations, and shows that the copy begins.
  Status begin(int connections);

  // Runs each of WORKERS in a thread of its own and takes what they push, until all have pushed a
  // batch without a table. TASKS: how many each table has. A table whose rows cannot be decoded is
  // stopped; the others go on.
  using Worker = std::function<void(SnapshotQueue*)>;
  Status run(const std::vector<Worker>& workers, std::vector<size_t> tasks);

  // Everything is in the log, and durable.
  Status finish();
  // Submits UNIT behind what was copied, waits until it is durable.
  Status finish_with(log::CommitUnit unit);
  // Says that the snapshot is complete, and of what moment it is.
  void show_end(const std::string& position);

 private:
  using Time = std::chrono::nanoseconds;

  Status take(SnapshotBatch batch);
  Status put_rows(const CapturedTable& table, const SnapshotBatch& batch);
  Status submit(log::CommitUnit unit);
  void show_start(int connections);
  void show_progress();

  const SnapshotTarget target_;
  const std::vector<TableSize> sizes_;
  log::Ticket last_ticket_;
  std::vector<size_t> tasks_left_;  // by table
  uint64_t rows_total_ = 0;
  uint64_t rows_estimated_ = 0;
  Time started_;
  Time last_shown_;
};

// The cut that switches every table to its generation (or stops it) and sets the source's position.
log::CommitUnit switch_unit(const TableSet& tables, const std::string& source,
                            std::string position);

}  // namespace leat::cdc

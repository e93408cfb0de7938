#include "cdc/snapshot_copy.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <thread>

#include "log/base/clock.h"
#include "log/model/change.h"

namespace leat::cdc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t kBatchesMax = 8;

// The workers' threads: they end when the queue closes or the work is done.
class WorkerThreads {
 public:
  WorkerThreads(const std::vector<SnapshotCopy::Worker>& workers, SnapshotQueue* queue)
      : queue_(queue) {
    for (const SnapshotCopy::Worker& worker : workers) {
      threads_.emplace_back([&worker, queue] { worker(queue); });
    }
  }
  ~WorkerThreads() {
    queue_->close();
    for (std::thread& thread : threads_) thread.join();
  }
  WorkerThreads(const WorkerThreads&) = delete;
  WorkerThreads& operator=(const WorkerThreads&) = delete;

 private:
  SnapshotQueue* queue_;
  std::vector<std::thread> threads_;
};

// "; about 3 min left": the estimates are the server's, and often wrong.
std::string time_left(uint64_t rows_done, uint64_t rows_estimated, double rows_per_s) {
  if (rows_done >= rows_estimated || rows_per_s < 1) return "";
  double left_s = static_cast<double>(rows_estimated - rows_done) / rows_per_s;
  if (left_s < 90) return fmt::format("; about {:.0f} s left", left_s);
  return fmt::format("; about {:.0f} min left", left_s / 60);
}

}  // namespace

SnapshotCopy::SnapshotCopy(SnapshotTarget target, std::vector<TableSize> sizes)
    : target_(std::move(target)),
      sizes_(std::move(sizes)),
      started_(Clock::system().monotonic()),
      last_shown_(started_) {
  LEAT_CHECK(sizes_.size() == target_.tables->size());
}

Status SnapshotCopy::begin(int connections) {
  log::CommitUnit unit;
  for (CapturedTable& table : *target_.tables) {
    table.generation = target_.log->allocate_generation();
    table.schema_id = target_.log->schema_id(table.schema);
    unit.edits.push_back(log::CreateTopic{table.topic, log::TopicKind::table});
    unit.edits.push_back(log::BeginGeneration{table.topic, table.generation, table.schema_id,
                                              table.partition_count});
  }
  LEAT_RETURN_IF_ERROR(submit(std::move(unit)));
  show_start(connections);
  return Ok();
}

Status SnapshotCopy::run(const std::vector<Worker>& workers, std::vector<size_t> tasks) {
  tasks_left_ = std::move(tasks);
  SnapshotQueue queue(kBatchesMax);
  size_t at_work = workers.size();
  WorkerThreads threads(workers, &queue);
  while (at_work > 0) {
    auto batch = queue.pop(milliseconds(200));
    if (target_.stop->raised()) return Error::transient("stopping");
    show_progress();
    if (!batch) continue;
    if (!batch->table) {
      if (batch->error) return *batch->error;
      --at_work;
      continue;
    }
    LEAT_RETURN_IF_ERROR(take(std::move(*batch)));
  }
  return Ok();
}

Status SnapshotCopy::take(SnapshotBatch batch) {
  CapturedTable& table = (*target_.tables)[*batch.table];
  size_t index = batch.table->value();
  if (batch.error && !table.stopped_reason) table.stopped_reason = batch.error->message();
  if (table.stopped_reason) return Ok();
  rows_total_ += batch.row_count;
  if (batch.ends_task) --tasks_left_[index];
  target_.status->edit([&](SourceStatus& status) {
    status.snapshot[index].rows_done += batch.row_count;
    status.snapshot[index].done = tasks_left_[index] == 0;
  });
  bool keeps_rows = table.needs_row_store && target_.rows != nullptr;
  if (keeps_rows) LEAT_RETURN_IF_ERROR(put_rows(table, batch));
  log::CommitUnit unit;
  for (size_t i = 0; i < batch.partitions.size(); ++i) {
    if (batch.partitions[i].empty()) continue;
    PartitionId partition{table.generation, PartitionIndex(static_cast<int32_t>(i))};
    unit.appends.push_back({partition, std::move(batch.partitions[i])});
  }
  if (!unit.appends.empty()) LEAT_RETURN_IF_ERROR(submit(std::move(unit)));
  return keeps_rows && target_.rows->wants_flush() ? finish() : Ok();
}

Status SnapshotCopy::put_rows(const CapturedTable& table, const SnapshotBatch& batch) {
  Status status;
  for (const log::RecordBuffer& records : batch.partitions) {
    records.for_each([&](const log::RecordView& record) {
      if (!status.ok()) return;
      auto image = decode_change_value(*record.value);
      status = image.ok() ? target_.rows->put(table.generation, record.key, image->row)
                          : Status(image.error());
    });
  }
  return status;
}

Status SnapshotCopy::submit(log::CommitUnit unit) {
  LEAT_ASSIGN_OR_RETURN(last_ticket_, target_.log->submit(std::move(unit)));
  return Ok();
}

Status SnapshotCopy::finish() {
  while (true) {
    LEAT_ASSIGN_OR_RETURN(bool durable, target_.log->wait_durable(last_ticket_, milliseconds(200)));
    if (durable) break;
    if (target_.stop->raised()) return Error::transient("stopping");
  }
  if (target_.rows == nullptr) return Ok();
  return target_.rows->begin_flush(*target_.log, *target_.tables);
}

Status SnapshotCopy::finish_with(log::CommitUnit unit) {
  LEAT_RETURN_IF_ERROR(submit(std::move(unit)));
  return finish();
}

void SnapshotCopy::show_start(int connections) {
  uint64_t bytes = 0;
  std::vector<TableProgress> progress;
  for (size_t i = 0; i < sizes_.size(); ++i) {
    const CapturedTable& table = (*target_.tables)[TableIndex(static_cast<uint32_t>(i))];
    rows_estimated_ += sizes_[i].rows_estimated;
    bytes += sizes_[i].bytes;
    progress.push_back({table.name, 0, sizes_[i].rows_estimated, false});
  }
  target_.status->edit([&](SourceStatus& status) {
    status.state = SourceState::snapshotting;
    status.snapshot = std::move(progress);
  });
  spdlog::info("{}: snapshot of {} tables (about {} rows, {} MB) under {} connections",
               target_.source, sizes_.size(), rows_estimated_, bytes / 1'000'000, connections);
}

void SnapshotCopy::show_progress() {
  constexpr seconds kInterval(5);
  auto now = Clock::system().monotonic();
  if (now - last_shown_ < kInterval) return;
  last_shown_ = now;
  std::string tables;
  for (const TableProgress& table : target_.status->read().snapshot) {
    if (table.rows_done == 0 || table.done) continue;
    tables += fmt::format("; {} {} of about {}", table.table, table.rows_done,
                          std::max(table.rows_done, table.rows_estimated));
  }
  double elapsed_s = std::chrono::duration<double>(now - started_).count();
  double rows_per_s = static_cast<double>(rows_total_) / elapsed_s;
  spdlog::info("{}: snapshot: {} rows so far, {:.0f} rows/s{}{}", target_.source, rows_total_,
               rows_per_s, time_left(rows_total_, rows_estimated_, rows_per_s), tables);
}

void SnapshotCopy::show_end(const std::string& position) {
  double elapsed_s = std::chrono::duration<double>(Clock::system().monotonic() - started_).count();
  spdlog::info("{}: snapshot complete at {} in {:.1f} s: {} rows", target_.source, position,
               elapsed_s, rows_total_);
  for (const CapturedTable& table : *target_.tables) {
    if (!table.stopped_reason) continue;
    spdlog::error("{}: {}: {}. Table stopped; the others go on", target_.source, table.name,
                  *table.stopped_reason);
  }
}

log::CommitUnit switch_unit(const TableSet& tables, const std::string& source,
                            std::string position) {
  log::CommitUnit unit;
  for (const CapturedTable& table : tables) {
    if (table.stopped_reason) {
      unit.edits.push_back(log::StopTopic{table.topic, *table.stopped_reason});
    } else {
      unit.edits.push_back(log::SwitchGeneration{table.topic, table.generation});
    }
  }
  unit.position = log::SourcePosition{source, std::move(position)};
  return unit;
}

}  // namespace leat::cdc

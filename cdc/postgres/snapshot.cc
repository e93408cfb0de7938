#include "cdc/postgres/snapshot.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>
#include <thread>

#include "cdc/postgres/capture_rules.h"
#include "cdc/postgres/snapshot_worker.h"
#include "cdc/postgres/table_files.h"
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
  WorkerThreads(int count, SnapshotWork* work, SnapshotQueue* queue) : queue_(queue) {
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([work, queue] { run_snapshot_worker(work, queue); });
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

// The source's thread's part.
class Snapshot {
 public:
  explicit Snapshot(const SnapshotPlan& plan) : plan_(plan) {}

  Status run() {
    LEAT_ASSIGN_OR_RETURN(auto session, lock_tables());
    LEAT_RETURN_IF_ERROR(begin_generations());
    show_start();
    LEAT_RETURN_IF_ERROR(copy_all());
    LEAT_RETURN_IF_ERROR(switch_all());
    show_end();
    return Ok();
  }

 private:
  Result<std::unique_ptr<Connection>> lock_tables();
  Status begin_generations();
  Status copy_all();
  Status take(SnapshotBatch batch);
  Status put_rows(const CapturedTable& table, const SnapshotBatch& batch);
  Status flush_rows();
  Status store_files();
  Status switch_all();
  Status submit(log::CommitUnit unit);
  ConnectOptions connect_options() const;
  void fill_work(SnapshotWork* work) const;
  void show_start();
  void show_progress();
  void show_end();

  const SnapshotPlan& plan_;
  log::Ticket last_ticket_;
  std::vector<size_t> tasks_left_;  // by table
  uint64_t rows_total_ = 0;
  std::chrono::nanoseconds started_ = Clock::system().monotonic();
  std::chrono::nanoseconds last_shown_ = started_;
};

ConnectOptions Snapshot::connect_options() const {
  ConnectOptions options;
  options.uri = plan_.config->uri;
  options.password_file = plan_.config->password_file;
  return options;
}

// Held until the copy is done, so that nobody alters or rewrites a table meanwhile; and what they
// look like under the snapshot is what they were planned as.
Result<std::unique_ptr<Connection>> Snapshot::lock_tables() {
  LEAT_ASSIGN_OR_RETURN(
      auto session, open_snapshot_session(connect_options(), plan_.stop, plan_.exported_snapshot));
  for (const TableFacts& facts : plan_.facts) {
    LEAT_RETURN_IF_ERROR(
        session->execute("LOCK TABLE ONLY " + facts.quoted_name() + " IN ACCESS SHARE MODE"));
  }
  LEAT_ASSIGN_OR_RETURN(auto now, read_tables(*session, plan_.config->tables));
  for (const TableFacts& facts : plan_.facts) {
    auto same = std::find_if(now.begin(), now.end(), [&](const TableFacts& other) {
      return other.oid == facts.oid && other.columns == facts.columns && other.file == facts.file;
    });
    if (same == now.end()) {
      return Error::transient(facts.full_name() + " was altered while the snapshot began");
    }
  }
  return session;
}

Status Snapshot::begin_generations() {
  log::CommitUnit unit;
  for (CapturedTable& table : *plan_.tables) {
    table.generation = plan_.log->allocate_generation();
    table.schema_id = plan_.log->schema_id(table.schema);
    unit.edits.push_back(log::CreateTopic{table.topic, log::TopicKind::table});
    unit.edits.push_back(log::BeginGeneration{table.topic, table.generation, table.schema_id,
                                              table.partition_count});
  }
  return submit(std::move(unit));
}

void Snapshot::fill_work(SnapshotWork* work) const {
  int64_t now_us = Clock::system().unix_us();
  ChangeHeader header;  // transaction 0: a row of a snapshot
  header.commit_time_us = now_us;
  std::string position = encode_commit_position(plan_.consistent_point.lsn);
  header.commit_position = position;
  append_change_header(header, &work->change_header);
  work->timestamp_ms = now_us / 1000;
  work->connect = connect_options();
  work->stop = plan_.stop;
  work->exported_snapshot = plan_.exported_snapshot;
  work->tables = plan_.tables;
  for (uint32_t i = 0; i < plan_.tables->size(); ++i) {
    TableIndex index(i);
    auto tasks = snapshot_tasks(index, (*plan_.tables)[index], plan_.facts[i].quoted_name(),
                                plan_.facts[i].pages);
    std::move(tasks.begin(), tasks.end(), std::back_inserter(work->tasks));
  }
}

Status Snapshot::copy_all() {
  SnapshotWork work;
  fill_work(&work);
  tasks_left_.resize(plan_.tables->size());
  for (const SnapshotTask& task : work.tasks) ++tasks_left_[task.table.value()];
  SnapshotQueue queue(kBatchesMax);
  int workers = std::max(1, plan_.config->snapshot_connections);
  WorkerThreads threads(workers, &work, &queue);
  while (workers > 0) {
    auto batch = queue.pop(milliseconds(200));
    if (plan_.stop->raised()) return Error::transient("stopping");
    show_progress();
    if (!batch) continue;
    if (!batch->table) {
      if (batch->error) return *batch->error;
      --workers;
      continue;
    }
    LEAT_RETURN_IF_ERROR(take(std::move(*batch)));
  }
  return Ok();
}

Status Snapshot::take(SnapshotBatch batch) {
  CapturedTable& table = (*plan_.tables)[*batch.table];
  size_t index = batch.table->value();
  if (batch.error && !table.stopped_reason) table.stopped_reason = batch.error->message();
  if (table.stopped_reason) return Ok();
  rows_total_ += batch.row_count;
  if (batch.ends_task) --tasks_left_[index];
  plan_.status->edit([&](SourceStatus& status) {
    status.snapshot[index].rows_done += batch.row_count;
    status.snapshot[index].done = tasks_left_[index] == 0;
  });
  if (table.needs_row_store) LEAT_RETURN_IF_ERROR(put_rows(table, batch));
  log::CommitUnit unit;
  for (size_t i = 0; i < batch.partitions.size(); ++i) {
    if (batch.partitions[i].empty()) continue;
    PartitionId partition{table.generation, PartitionIndex(static_cast<int32_t>(i))};
    unit.appends.push_back({partition, std::move(batch.partitions[i])});
  }
  if (!unit.appends.empty()) LEAT_RETURN_IF_ERROR(submit(std::move(unit)));
  return plan_.rows->wants_flush() ? flush_rows() : Ok();
}

Status Snapshot::put_rows(const CapturedTable& table, const SnapshotBatch& batch) {
  Status status;
  for (const log::RecordBuffer& records : batch.partitions) {
    records.for_each([&](const log::RecordView& record) {
      if (!status.ok()) return;
      auto image = decode_change_value(*record.value);
      status = image.ok() ? plan_.rows->put(table.generation, record.key, image->row)
                          : Status(image.error());
    });
  }
  return status;
}

Status Snapshot::submit(log::CommitUnit unit) {
  LEAT_ASSIGN_OR_RETURN(last_ticket_, plan_.log->submit(std::move(unit)));
  return Ok();
}

Status Snapshot::flush_rows() {
  while (true) {
    LEAT_ASSIGN_OR_RETURN(bool durable, plan_.log->wait_durable(last_ticket_, milliseconds(200)));
    if (durable) break;
    if (plan_.stop->raised()) return Error::transient("stopping");
  }
  return plan_.rows->begin_flush(*plan_.log, *plan_.tables);
}

// The files as they were while the tables were locked.
Status Snapshot::store_files() {
  TableFiles files;
  for (uint32_t i = 0; i < plan_.tables->size(); ++i) {
    files[(*plan_.tables)[TableIndex(i)].generation] = plan_.facts[i].file;
  }
  log::CommitUnit unit;
  unit.position =
      log::SourcePosition{table_files_name(plan_.config->name), encode_table_files(files)};
  return submit(std::move(unit));
}

Status Snapshot::switch_all() {
  LEAT_RETURN_IF_ERROR(store_files());
  log::CommitUnit unit;
  for (const CapturedTable& table : *plan_.tables) {
    if (table.stopped_reason) {
      unit.edits.push_back(log::StopTopic{table.topic, *table.stopped_reason});
    } else {
      unit.edits.push_back(log::SwitchGeneration{table.topic, table.generation});
    }
  }
  unit.position = log::SourcePosition{plan_.config->name, encode_position(plan_.consistent_point)};
  LEAT_RETURN_IF_ERROR(submit(std::move(unit)));
  return flush_rows();
}

void Snapshot::show_start() {
  uint64_t rows = 0;
  uint64_t bytes = 0;
  std::vector<TableProgress> progress;
  for (const TableFacts& facts : plan_.facts) {
    rows += facts.rows_estimated;
    bytes += facts.bytes;
    progress.push_back({facts.full_name(), 0, facts.rows_estimated, false});
  }
  plan_.status->edit([&](SourceStatus& status) {
    status.state = SourceState::snapshotting;
    status.snapshot = std::move(progress);
  });
  spdlog::info("{}: snapshot of {} tables (about {} rows, {} MB) under {} connections",
               plan_.config->name, plan_.facts.size(), rows, bytes / 1'000'000,
               plan_.config->snapshot_connections);
}

void Snapshot::show_progress() {
  constexpr seconds kInterval(5);
  auto now = Clock::system().monotonic();
  if (now - last_shown_ < kInterval) return;
  last_shown_ = now;
  std::string tables;
  for (const TableProgress& table : plan_.status->read().snapshot) {
    if (table.rows_done == 0 || table.done) continue;
    tables += fmt::format("; {} {} of about {}", table.table, table.rows_done,
                          std::max(table.rows_done, table.rows_estimated));
  }
  double elapsed_s = std::chrono::duration<double>(now - started_).count();
  spdlog::info("{}: snapshot: {} rows so far, {:.0f} rows/s{}", plan_.config->name, rows_total_,
               static_cast<double>(rows_total_) / elapsed_s, tables);
}

void Snapshot::show_end() {
  double elapsed_s = std::chrono::duration<double>(Clock::system().monotonic() - started_).count();
  spdlog::info("{}: snapshot complete at {} in {:.1f} s: {} rows", plan_.config->name,
               to_text(plan_.consistent_point.lsn), elapsed_s, rows_total_);
  for (const CapturedTable& table : *plan_.tables) {
    if (!table.stopped_reason) continue;
    spdlog::error("{}: {}: {}. Table stopped; the others go on", plan_.config->name, table.name,
                  *table.stopped_reason);
  }
}

}  // namespace

Status take_snapshot(const SnapshotPlan& plan) {
  return Snapshot(plan).run();
}

}  // namespace leat::cdc

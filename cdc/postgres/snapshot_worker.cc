#include "cdc/postgres/snapshot_worker.h"

#include <spdlog/fmt/fmt.h>

#include "cdc/postgres/copy_format.h"
#include "cdc/postgres/quote.h"
#include "cdc/postgres/row_builder.h"

namespace leat::cdc {
namespace {

constexpr uint32_t kTaskPages = 8192;  // 64 MiB of 8 KiB pages

// Copies one task's rows into batches.
class TaskCopy {
 public:
  TaskCopy(const SnapshotWork* work, const SnapshotTask* task, SnapshotQueue* queue)
      : task_(task),
        builder_((*work->tables)[task->table].schema),
        batcher_(task->table, &(*work->tables)[task->table], &work->stamp, queue) {}

  // An error is the session's; what is wrong with the table goes to the queue.
  Status run(Connection& connection) {
    Status copied = connection.copy_out(
        task_->copy_sql, [this](std::string_view message) { return on_row(message); });
    if (copied.ok()) return batcher_.end_task(std::nullopt);
    if (copied.error().is_transient()) return copied;
    failed_ = true;
    return batcher_.end_task(copied.error());
  }

  // The table cannot be copied; the session is of no more use.
  bool failed() const { return failed_; }

 private:
  Status on_row(std::string_view message) {
    auto has_row = decoder_.read_row(message, &builder_);
    if (!has_row.ok()) return has_row.error();
    if (!*has_row) return Ok();
    key_.clear();
    LEAT_RETURN_IF_ERROR(builder_.append_key_to(&key_));
    row_.clear();
    builder_.append_row_to(&row_);
    return batcher_.add(key_, row_);
  }

  const SnapshotTask* task_;
  RowBuilder builder_;
  CopyDecoder decoder_;
  SnapshotBatcher batcher_;
  bool failed_ = false;
  std::string key_;
  std::string row_;
};

Status work_off(SnapshotWork* work, SnapshotQueue* queue) {
  std::unique_ptr<Connection> connection;
  while (true) {
    size_t next = work->next_task.fetch_add(1);
    if (next >= work->tasks.size()) return Ok();
    const SnapshotTask& task = work->tasks[next];
    if (connection == nullptr) {
      LEAT_ASSIGN_OR_RETURN(
          connection, open_snapshot_session(work->connect, work->stop, work->exported_snapshot));
      // At once: later it would queue behind who waits for what the other sessions have locked.
      LEAT_RETURN_IF_ERROR(connection->execute(work->lock_sql));
    }
    TaskCopy copy(work, &task, queue);
    Status copied = copy.run(*connection);
    if (!copied.ok()) return copied.error().in((*work->tables)[task.table].name);
    if (copy.failed()) connection.reset();
  }
}

}  // namespace

Result<std::unique_ptr<Connection>> open_snapshot_session(const ConnectOptions& connect,
                                                          const StopSignal* stop,
                                                          const std::string& exported_snapshot) {
  LEAT_ASSIGN_OR_RETURN(auto connection, Connection::open(connect, stop));
  LEAT_RETURN_IF_ERROR(connection->execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  LEAT_RETURN_IF_ERROR(
      connection->execute("SET TRANSACTION SNAPSHOT " + sql_literal(exported_snapshot)));
  // Rows hidden by row-level security would be missing without a word: now they are an error.
  LEAT_RETURN_IF_ERROR(connection->execute("SET LOCAL row_security = off"));
  return connection;
}

void run_snapshot_worker(SnapshotWork* work, SnapshotQueue* queue) {
  Status done = work_off(work, queue);
  SnapshotBatch last;
  if (!done.ok()) last.error = done.error();
  queue->push(std::move(last));
}

std::vector<SnapshotTask> snapshot_tasks(TableIndex index, const CapturedTable& table,
                                         const std::string& quoted_name, uint32_t pages) {
  std::string columns;
  for (const Column& column : table.schema.columns) {
    columns += (columns.empty() ? "" : ", ") + sql_identifier(column.name);
  }
  std::vector<SnapshotTask> tasks;
  for (uint32_t from = 0; from == 0 || from < pages; from += kTaskPages) {
    // The last one is open: the table may have grown.
    bool is_last = from + kTaskPages >= pages;
    std::string where = fmt::format("ctid >= '({},0)'", from);
    if (!is_last) where += fmt::format(" AND ctid < '({},0)'", from + kTaskPages);
    tasks.push_back({index, fmt::format("COPY (SELECT {} FROM ONLY {} WHERE {}) TO STDOUT (FORMAT "
                                        "binary)",
                                        columns, quoted_name, where)});
  }
  return tasks;
}

}  // namespace leat::cdc

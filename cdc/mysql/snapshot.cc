#include "cdc/mysql/snapshot.h"

#include <algorithm>

#include "cdc/mysql/file_place.h"
#include "cdc/mysql/overlap.h"
#include "cdc/mysql/snapshot_sessions.h"
#include "cdc/mysql/snapshot_worker.h"
#include "cdc/snapshot_copy.h"

namespace leat::cdc::mysql {
namespace {

std::vector<TableSize> sizes_of(const std::vector<TableFacts>& facts) {
  std::vector<TableSize> out;
  for (const TableFacts& table : facts) out.push_back({table.rows_estimated, table.bytes});
  return out;
}

// MariaDB names transactions as logged that its snapshots do not show yet: what was read first may
// lie behind.
bool lies_before(const Position& begin, const Position& from) {
  if (!from.gtids.contains(begin.gtids)) return false;
  if (!from.mariadb_gtids.contains(begin.mariadb_gtids)) return false;
  FilePlace place{begin.file, begin.offset};
  FilePlace end{from.file, from.offset};
  return end.is_at_or_behind(place) && !place.is_at_or_behind(end);
}

class Snapshot {
 public:
  explicit Snapshot(const SnapshotPlan& plan)
      : plan_(plan),
        copy_(
            {plan.config->name, plan.stop, plan.log, plan.rows, plan.status, &plan.capture->tables},
            sizes_of(plan.capture->facts)) {}

  Result<StreamPosition> run() {
    int connections = std::max(1, plan_.config->snapshot_connections);
    LEAT_ASSIGN_OR_RETURN(sessions_,
                          open_snapshot_sessions(*plan_.config, *plan_.server, plan_.capture->facts,
                                                 connections, plan_.stop));
    LEAT_RETURN_IF_ERROR(check_unaltered());
    LEAT_RETURN_IF_ERROR(read_overlap_if_any());
    LEAT_RETURN_IF_ERROR(copy_.begin(connections));
    LEAT_RETURN_IF_ERROR(copy_all());
    LEAT_RETURN_IF_ERROR(copy_.finish());
    copy_.show_end(to_text(overlap_.end.taken));
    return overlap_.end;
  }

 private:
  Status check_unaltered();
  Status read_overlap_if_any();
  Status copy_all();
  Status fill_work(SnapshotWork* work);
  void push_overlap(const SnapshotWork& work, SnapshotQueue* queue) const;

  const SnapshotPlan& plan_;
  SnapshotCopy copy_;
  SnapshotSessions sessions_;
  Overlap overlap_;
};

// What the tables look like now, when they can no longer be altered, is what they were planned as.
Status Snapshot::check_unaltered() {
  LEAT_ASSIGN_OR_RETURN(auto now, read_tables(*sessions_.clients.front(), plan_.config->tables));
  for (const TableFacts& facts : plan_.capture->facts) {
    auto same = std::find_if(now.begin(), now.end(), [&](const TableFacts& other) {
      return other.schema == facts.schema && other.name == facts.name &&
             other.columns == facts.columns;
    });
    if (same == now.end()) {
      return Error::transient(facts.full_name() + " was altered while the snapshot began");
    }
  }
  return Ok();
}

Status Snapshot::read_overlap_if_any() {
  overlap_.tables.resize(plan_.capture->tables.size());
  StreamPosition from{sessions_.from};
  const auto& begin = plan_.begin;
  bool is_earlier = begin && lies_before(*begin, from.taken);
  if (is_earlier) from.restart = begin;
  overlap_.end = from;
  if (sessions_.is_exact) return Ok();
  LEAT_ASSIGN_OR_RETURN(overlap_, read_overlap(*plan_.config, plan_.stop, plan_.capture->tables,
                                               plan_.capture->forms, from, sessions_.until));
  return Ok();
}

Status Snapshot::fill_work(SnapshotWork* work) {
  work->plan = plan_.capture;
  work->overlap = &overlap_;
  work->stamp = SnapshotStamp::make("");
  for (uint32_t i = 0; i < plan_.capture->tables.size(); ++i) {
    LEAT_ASSIGN_OR_RETURN(
        auto tasks, snapshot_tasks(*sessions_.clients.front(), TableIndex(i), *plan_.capture));
    std::move(tasks.begin(), tasks.end(), std::back_inserter(work->tasks));
  }
  return Ok();
}

// The rows of the keys that were left out, as the binlog left them.
void Snapshot::push_overlap(const SnapshotWork& work, SnapshotQueue* queue) const {
  SnapshotBatch last;
  for (uint32_t i = 0; i < overlap_.tables.size(); ++i) {
    TableIndex index(i);
    SnapshotBatcher batcher(index, &plan_.capture->tables[index], &work.stamp, queue);
    Status added;
    for (const auto& [key, row] : overlap_.tables[i]) {
      if (row && added.ok()) added = batcher.add(key, *row);
    }
    if (added.ok()) added = batcher.end_task(std::nullopt);
    if (!added.ok()) last.error = added.error();
  }
  queue->push(std::move(last));
}

Status Snapshot::copy_all() {
  SnapshotWork work;
  LEAT_RETURN_IF_ERROR(fill_work(&work));
  std::vector<size_t> tasks(plan_.capture->tables.size(), 1);  // one is the overlap
  for (const SnapshotTask& task : work.tasks) ++tasks[task.table.value()];
  std::vector<SnapshotCopy::Worker> workers;
  for (auto& client : sessions_.clients) {
    workers.push_back([&work, reader = client.get()](SnapshotQueue* queue) {
      run_snapshot_worker(&work, reader, queue);
    });
  }
  workers.push_back([&](SnapshotQueue* queue) { push_overlap(work, queue); });
  return copy_.run(workers, std::move(tasks));
}

}  // namespace

Result<StreamPosition> copy_tables(const SnapshotPlan& plan) {
  return Snapshot(plan).run();
}

}  // namespace leat::cdc::mysql

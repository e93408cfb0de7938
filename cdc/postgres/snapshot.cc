#include "cdc/postgres/snapshot.h"

#include <algorithm>

#include "cdc/postgres/snapshot_worker.h"
#include "cdc/postgres/table_files.h"
#include "cdc/snapshot_copy.h"

namespace leat::cdc {
namespace {

class Snapshot {
 public:
  explicit Snapshot(const SnapshotPlan& plan)
      : plan_(plan),
        copy_({plan.config->name, plan.stop, plan.log, plan.rows, plan.status, plan.tables},
              sizes_of(plan.facts)) {}

  Status run() {
    LEAT_ASSIGN_OR_RETURN(auto session, lock_tables());
    int connections = std::max(1, plan_.config->snapshot_connections);
    LEAT_RETURN_IF_ERROR(copy_.begin(connections));
    LEAT_RETURN_IF_ERROR(copy_all(connections));
    LEAT_RETURN_IF_ERROR(store_files());
    LEAT_RETURN_IF_ERROR(copy_.finish_with(
        switch_unit(*plan_.tables, plan_.config->name, encode_position(plan_.consistent_point))));
    copy_.show_end(to_text(plan_.consistent_point.lsn));
    return Ok();
  }

 private:
  static std::vector<TableSize> sizes_of(const std::vector<TableFacts>& facts);
  Result<std::unique_ptr<Connection>> lock_tables();
  Status copy_all(int connections);
  Status store_files();
  ConnectOptions connect_options() const;
  void fill_work(SnapshotWork* work) const;

  const SnapshotPlan& plan_;
  SnapshotCopy copy_;
};

std::vector<TableSize> Snapshot::sizes_of(const std::vector<TableFacts>& facts) {
  std::vector<TableSize> out;
  for (const TableFacts& table : facts) out.push_back({table.rows_estimated, table.bytes});
  return out;
}

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

void Snapshot::fill_work(SnapshotWork* work) const {
  work->stamp = SnapshotStamp::make(encode_commit_position(plan_.consistent_point.lsn));
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

Status Snapshot::copy_all(int connections) {
  SnapshotWork work;
  fill_work(&work);
  std::vector<size_t> tasks(plan_.tables->size());
  for (const SnapshotTask& task : work.tasks) ++tasks[task.table.value()];
  std::vector<SnapshotCopy::Worker> workers(
      static_cast<size_t>(connections),
      [&](SnapshotQueue* queue) { run_snapshot_worker(&work, queue); });
  return copy_.run(workers, std::move(tasks));
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
  return copy_.finish_with(std::move(unit));
}

}  // namespace

Status take_snapshot(const SnapshotPlan& plan) {
  return Snapshot(plan).run();
}

}  // namespace leat::cdc

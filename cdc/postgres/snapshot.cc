#include "cdc/postgres/snapshot.h"

#include <algorithm>

#include "cdc/postgres/session.h"
#include "cdc/postgres/snapshot_worker.h"
#include "cdc/postgres/table_identity.h"
#include "cdc/snapshot_copy.h"

namespace leat::cdc {
namespace {

std::string lock_statement(const std::vector<TableFacts>& tables) {
  std::string names;
  for (const TableFacts& table : tables) {
    names += (names.empty() ? "ONLY " : ", ONLY ") + table.quoted_name();
  }
  return "LOCK TABLE " + names + " IN ACCESS SHARE MODE";
}

class Snapshot {
 public:
  // SIZES: of each table.
  Snapshot(const SnapshotPlan& plan, const std::vector<DiskSize>& sizes)
      : plan_(plan),
        sizes_(sizes),
        copy_({plan.config->name, plan.stop, plan.log, plan.rows, plan.status, plan.tables},
              to_show(plan.facts, sizes)) {}

  Status run() {
    int connections = std::max(1, plan_.config->snapshot_connections);
    LEAT_RETURN_IF_ERROR(copy_.begin(connections));
    LEAT_RETURN_IF_ERROR(copy_all(connections));
    LEAT_RETURN_IF_ERROR(store_identities());
    LEAT_RETURN_IF_ERROR(copy_.finish_with(
        switch_unit(*plan_.tables, plan_.config->name, encode_position(plan_.consistent_point))));
    copy_.show_end(to_text(plan_.consistent_point.lsn));
    return Ok();
  }

 private:
  static std::vector<TableSize> to_show(const std::vector<TableFacts>& facts,
                                        const std::vector<DiskSize>& sizes);
  Status copy_all(int connections);
  Status store_identities();
  void fill_work(SnapshotWork* work) const;

  const SnapshotPlan& plan_;
  const std::vector<DiskSize>& sizes_;
  SnapshotCopy copy_;
};

std::vector<TableSize> Snapshot::to_show(const std::vector<TableFacts>& facts,
                                         const std::vector<DiskSize>& sizes) {
  std::vector<TableSize> out;
  for (size_t i = 0; i < facts.size(); ++i) {
    out.push_back({facts[i].rows_estimated, sizes[i].bytes});
  }
  return out;
}

void Snapshot::fill_work(SnapshotWork* work) const {
  work->stamp = SnapshotStamp::make(encode_commit_position(plan_.consistent_point.lsn));
  work->connect = connect_options(*plan_.config, false);
  work->stop = plan_.stop;
  work->exported_snapshot = plan_.exported_snapshot;
  work->lock_sql = lock_statement(plan_.facts);
  work->tables = plan_.tables;
  for (uint32_t i = 0; i < plan_.tables->size(); ++i) {
    TableIndex index(i);
    auto tasks = snapshot_tasks(index, (*plan_.tables)[index], plan_.facts[i].quoted_name(),
                                sizes_[i].pages);
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

// As they were while the tables were locked.
Status Snapshot::store_identities() {
  TableIdentities identities;
  for (uint32_t i = 0; i < plan_.tables->size(); ++i) {
    const CapturedTable& table = (*plan_.tables)[TableIndex(i)];
    identities[table.name] = {table.generation, identity_of(plan_.facts[i], plan_.publication)};
  }
  log::CommitUnit unit;
  unit.position = log::SourcePosition{table_identities_name(plan_.config->name),
                                      encode_table_identities(identities)};
  return copy_.finish_with(std::move(unit));
}

// Held until the copy is done, so that nobody alters or rewrites a table meanwhile; and what they
// look like under the snapshot is what they were planned as.
Result<std::unique_ptr<Connection>> lock_tables(const SnapshotPlan& plan) {
  LEAT_ASSIGN_OR_RETURN(auto session, open_snapshot_session(connect_options(*plan.config, false),
                                                            plan.stop, plan.exported_snapshot));
  for (const TableFacts& facts : plan.facts) {
    auto locked =
        session->execute("LOCK TABLE ONLY " + facts.quoted_name() + " IN ACCESS SHARE MODE");
    if (!locked.ok())
      return locked.error().in(facts.full_name() + " cannot be locked for the copy");
  }
  LEAT_ASSIGN_OR_RETURN(auto now, read_tables(*session, plan.config->tables));
  for (const TableFacts& facts : plan.facts) {
    auto same = std::find_if(now.begin(), now.end(), [&](const TableFacts& other) {
      return other.oid == facts.oid && other.columns == facts.columns && other.file == facts.file;
    });
    if (same == now.end()) {
      return Error::transient(facts.full_name() +
                              " was altered or truncated while the snapshot began");
    }
  }
  return session;
}

}  // namespace

Status take_snapshot(const SnapshotPlan& plan) {
  LEAT_ASSIGN_OR_RETURN(auto session, lock_tables(plan));
  LEAT_ASSIGN_OR_RETURN(auto sizes, read_disk_sizes(*session, plan.facts));
  return Snapshot(plan, sizes).run();
}

}  // namespace leat::cdc

#include "cdc/postgres/table_watch.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "cdc/postgres/capture_rules.h"
#include "cdc/schema_difference.h"

namespace leat::cdc {

Status TableWatch::poll(Connection& connection, const std::string& role, Lsn passed) {
  if (!stored_) LEAT_RETURN_IF_ERROR(load_files());
  LEAT_ASSIGN_OR_RETURN(auto facts, read_tables(connection, config_->tables));
  LEAT_ASSIGN_OR_RETURN(auto rows, connection.query("SELECT pg_current_wal_insert_lsn()"));
  Lsn now = rows.empty() ? Lsn() : parse_lsn(rows[0][0].value_or("")).value_or(Lsn());
  std::map<std::string, const TableFacts*> by_name;
  for (const TableFacts& table : facts) by_name[table.full_name()] = &table;
  TableSet& tables = capture_->tables();
  for (uint32_t i = 0; i < tables.size(); ++i) {
    auto found = by_name.find(tables[TableIndex(i)].name);
    bool known = found != by_name.end();
    if (!tables[TableIndex(i)].stopped_reason) {
      if (known)
        check(TableIndex(i), *found->second, role, now, passed);
      else
        stop(TableIndex(i), "is no longer among the tables of the source");
    }
    if (known) by_name.erase(found);
  }
  note_not_captured(by_name);
  return store_files();
}

// Those that were refused, and those of the server that are UNKNOWN; a new one is logged once.
void TableWatch::note_not_captured(const std::map<std::string, const TableFacts*>& unknown) {
  auto is_among = [](const std::vector<StoppedTable>& tables, const std::string& name) {
    return std::any_of(tables.begin(), tables.end(),
                       [&](const StoppedTable& other) { return other.table == name; });
  };
  auto before = std::move(not_captured_);
  not_captured_ = capture_->refused();
  for (const auto& entry : unknown) {
    const std::string& name = entry.first;
    if (is_among(not_captured_, name)) continue;
    not_captured_.push_back({name, fmt::format("is new since the snapshot. To copy the tables "
                                               "anew: leat source resnapshot {}",
                                               config_->name)});
    if (is_among(before, name)) continue;
    spdlog::warn("{}: {} {}", config_->name, name, not_captured_.back().reason);
  }
}

// What an earlier process, or the snapshot, saw.
Status TableWatch::load_files() {
  LEAT_ASSIGN_OR_RETURN(stored_, capture_->stored_files());
  const TableSet& tables = capture_->tables();
  for (uint32_t i = 0; i < tables.size(); ++i) {
    GenerationId generation = tables[TableIndex(i)].generation;
    auto known = stored_->find(generation);
    if (known != stored_->end()) files_[TableIndex(i)] = {known->second, generation, 0, Lsn()};
  }
  return Ok();
}

Status TableWatch::store_files() {
  TableFiles now;
  for (const auto& [table, known] : files_) now[known.generation] = known.file;
  if (now == *stored_) return Ok();
  LEAT_RETURN_IF_ERROR(capture_->store_files(now));
  stored_ = std::move(now);
  return Ok();
}

void TableWatch::check(TableIndex index, const TableFacts& facts, const std::string& role, Lsn now,
                       Lsn passed) {
  auto planned = plan_capture(facts, config_->name, role);
  if (!planned.ok()) return stop(index, planned.error().text());
  const CapturedTable& table = capture_->tables()[index];
  std::string difference = describe_difference(table.schema, planned->schema);
  if (!difference.empty()) return stop(index, difference);
  if (planned->needs_row_store && !table.needs_row_store) {
    return stop(index, "the replica identity is not FULL any more");
  }
  if (is_rewritten(index, facts, now, passed)) {
    stop(index,
         "was rewritten (ALTER TABLE, VACUUM FULL or CLUSTER); what that changed in its rows "
         "is not sent");
  }
}

bool TableWatch::is_rewritten(TableIndex index, const TableFacts& facts, Lsn now, Lsn passed) {
  GenerationId generation = capture_->tables()[index].generation;
  File& known = files_[index];
  if (known.file == 0 || known.generation != generation) {
    known = {facts.file, generation, 0, Lsn()};
    return false;
  }
  if (facts.file == known.file) return false;
  if (facts.file != known.new_file) {
    known.new_file = facts.file;
    known.new_file_lsn = now;
    return false;
  }
  return passed >= known.new_file_lsn;
}

void TableWatch::stop(TableIndex index, const std::string& why) {
  capture_->stop_table(index, fmt::format("{}. To copy the tables anew: leat source resnapshot {}",
                                          why, config_->name));
}

}  // namespace leat::cdc

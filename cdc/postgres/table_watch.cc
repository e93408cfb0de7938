#include "cdc/postgres/table_watch.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "cdc/capture_problem.h"
#include "cdc/postgres/capture_rules.h"
#include "cdc/schema_difference.h"

namespace leat::cdc {
namespace {

Result<Lsn> read_wal_end(Connection& connection) {
  LEAT_ASSIGN_OR_RETURN(auto rows, connection.query("SELECT pg_current_wal_insert_lsn()"));
  return rows.empty() ? Lsn() : parse_lsn(rows[0][0].value_or("")).value_or(Lsn());
}

}  // namespace

Status TableWatch::poll(Connection& connection, const std::string& role, Lsn passed) {
  if (!stored_) LEAT_RETURN_IF_ERROR(load_identities());
  LEAT_ASSIGN_OR_RETURN(Lsn begun, read_wal_end(connection));
  Look look{role, {}, Lsn(), passed};
  LEAT_ASSIGN_OR_RETURN(look.publication, look_at_publication(connection));
  LEAT_ASSIGN_OR_RETURN(auto facts, read_tables(connection, config_->tables));
  LEAT_ASSIGN_OR_RETURN(look.now, read_wal_end(connection));
  std::map<std::string, const TableFacts*> by_name;
  for (const TableFacts& table : facts) by_name[table.full_name()] = &table;
  TableSet& tables = capture_->tables();
  for (uint32_t i = 0; i < tables.size(); ++i) {
    auto found = by_name.find(tables[TableIndex(i)].name);
    bool known = found != by_name.end();
    if (!tables[TableIndex(i)].stopped_reason) {
      if (known)
        check(TableIndex(i), *found->second, look);
      else
        stop(TableIndex(i), "is no longer among the tables of the source");
    }
    if (known) by_name.erase(found);
  }
  note_not_captured(by_name);
  looked_at_ = begun;
  return store_identities();
}

// What was not published is lost to the tables that it concerns.
Result<PublicationFacts> TableWatch::look_at_publication(Connection& connection) {
  std::string name = publication_name(config_->name);
  LEAT_ASSIGN_OR_RETURN(auto published, read_publication(connection, name));
  if (!published) {
    return Error::permanent(with_resnapshot(
        fmt::format("the publication '{}' is gone, and with it changes", name), config_->name));
  }
  if (auto problem = problem_of(*published))
    return Error::permanent(with_resnapshot(problem->text(), config_->name));
  return std::move(*published);
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
    not_captured_.push_back({name, with_resnapshot("is new since the snapshot", config_->name)});
    if (is_among(before, name)) continue;
    spdlog::warn("{}: {} {}", config_->name, name, not_captured_.back().reason);
  }
}

// What an earlier process, or the snapshot, saw.
Status TableWatch::load_identities() {
  LEAT_ASSIGN_OR_RETURN(stored_, capture_->stored_identities());
  const TableSet& tables = capture_->tables();
  for (uint32_t i = 0; i < tables.size(); ++i) {
    auto known = stored_->find(tables[TableIndex(i)].name);
    if (known != stored_->end()) seen_[TableIndex(i)] = {known->second, 0, Lsn()};
  }
  return Ok();
}

Status TableWatch::store_identities() {
  TableIdentities now;
  for (const auto& [table, seen] : seen_) now[capture_->tables()[table].name] = seen.table;
  if (now == *stored_) return Ok();
  LEAT_RETURN_IF_ERROR(capture_->store_identities(now));
  stored_ = std::move(now);
  return Ok();
}

void TableWatch::check(TableIndex index, const TableFacts& facts, const Look& look) {
  auto planned = plan_capture(facts, config_->name, look.role);
  if (!planned.ok()) return stop(index, planned.error().text());
  const CapturedTable& table = capture_->tables()[index];
  std::string why = describe_difference(table.schema, planned->schema);
  if (why.empty() && planned->needs_row_store && !table.needs_row_store) {
    why = "the replica identity is not FULL any more";
  }
  if (why.empty()) why = why_unpublished(facts, look.publication);
  if (why.empty()) why = why_changed(index, facts, look);
  if (!why.empty()) stop(index, why);
}

std::string TableWatch::why_unpublished(const TableFacts& facts,
                                        const PublicationFacts& publication) const {
  const PublishedTable* table = publication.find(facts.full_name());
  if (table == nullptr) {
    return fmt::format("is no longer in the publication '{}'", publication.name);
  }
  auto problem = problem_of(publication, *table);
  return problem ? problem->text() : "";
}

// What was done to the table since it was last looked at, and can no longer be seen otherwise.
std::string TableWatch::why_changed(TableIndex index, const TableFacts& facts, const Look& look) {
  TableIdentity now = identity_of(facts, look.publication);
  GenerationId generation = capture_->tables()[index].generation;
  auto [found, is_new] = seen_.try_emplace(index, Seen{{generation, now}, 0, Lsn()});
  if (is_new) return "";
  Seen& seen = found->second;
  KnownTable& known = seen.table;
  if (known.generation != generation) {  // a TRUNCATE has come
    known.generation = generation;
    known.identity.file = now.file;
  }
  if (known.identity.oid != now.oid) return "was dropped, and another table has its name";
  if (known.identity.columns != now.columns) {
    return "has a column that was dropped and made again; what that changed in its rows is not "
           "sent";
  }
  if (known.identity.key != now.key) {
    return "its primary key was dropped and made again; rows that had the same key meanwhile "
           "cannot be told apart";
  }
  if (known.identity.published != now.published) {
    return fmt::format("was left out of the publication '{}' for a while, or may have been",
                       look.publication.name);
  }
  if (!is_rewritten(seen, now.file, look)) return "";
  return "was rewritten (ALTER TABLE, VACUUM FULL or CLUSTER); what that changed in its rows is "
         "not sent";
}

bool TableWatch::is_rewritten(Seen& seen, uint32_t file, const Look& look) const {
  if (file == seen.table.identity.file) return false;
  if (file != seen.new_file) {
    seen.new_file = file;
    seen.new_file_lsn = look.now;
    return false;
  }
  return look.passed >= seen.new_file_lsn;
}

void TableWatch::stop(TableIndex index, const std::string& why) {
  capture_->stop_table(index, with_resnapshot(why, config_->name));
}

}  // namespace leat::cdc

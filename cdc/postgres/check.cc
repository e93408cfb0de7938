#include "cdc/postgres/check.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "cdc/postgres/capture_plan.h"
#include "cdc/postgres/capture_rules.h"
#include "cdc/postgres/publication.h"
#include "cdc/postgres/quote.h"
#include "cdc/postgres/session.h"
#include "cdc/postgres/slot.h"

namespace leat::cdc {
namespace {

std::string size_text(uint64_t bytes) {
  if (bytes < 1'000'000) return fmt::format("{} kB", bytes / 1000);
  if (bytes < 10'000'000'000) return fmt::format("{} MB", bytes / 1'000'000);
  return fmt::format("{} GB", bytes / 1'000'000'000);
}

// " (a, b, c and 4 more)"
std::string some_of(const std::vector<std::string>& names) {
  constexpr size_t kShownMax = 3;
  if (names.empty()) return "";
  size_t shown = std::min(names.size(), kShownMax);
  std::string out =
      fmt::format(" ({}", fmt::join(names.begin(), names.begin() + static_cast<long>(shown), ", "));
  if (names.size() > shown) out += fmt::format(" and {} more", names.size() - shown);
  return out + ")";
}

// Looks at one thing after the other, in the order in which a person would mend them.
class Check {
 public:
  Check(const PostgresConfig& config, Connection& connection, SourceReport* report)
      : config_(config), connection_(connection), report_(report) {}

  Status run() {
    LEAT_ASSIGN_OR_RETURN(server_, read_server_facts(connection_));
    LEAT_ASSIGN_OR_RETURN(tables_, read_tables(connection_, config_.tables));
    LEAT_ASSIGN_OR_RETURN(slot_, read_slot(connection_, slot_name(config_.name)));
    LEAT_ASSIGN_OR_RETURN(published_,
                          read_publication(connection_, publication_name(config_.name)));
    LEAT_ASSIGN_OR_RETURN(parents_, read_parents(connection_, config_.tables));
    plan_ = plan_captures(tables_, published_, config_, server_);
    check_server();
    check_role();
    check_tables();
    check_publication();
    check_slot();
    return Ok();
  }

 private:
  void add(FindingKind kind, std::string text, std::string statement = "") {
    report_->findings.push_back({kind, std::move(text), std::move(statement)});
  }

  void check_server() {
    if (server_.wal_level == "logical") {
      add(FindingKind::ok, "wal_level is logical");
    } else {
      add(FindingKind::fix, fmt::format("wal_level is {}, and must be logical", server_.wal_level),
          "ALTER SYSTEM SET wal_level = logical;   -- then restart the server");
    }
    if (slot_) return;  // made, and perhaps in use
    check_room("replication slots", "max_replication_slots", server_.slots_used, server_.slots_max);
    check_room("WAL senders", "max_wal_senders", server_.senders_used, server_.senders_max);
  }

  void check_room(const char* what, const char* setting, int used, int limit) {
    if (used < limit) return;
    add(FindingKind::fix, fmt::format("all {} {} are in use", limit, what),
        fmt::format("ALTER SYSTEM SET {} = {};   -- then restart the server", setting,
                    2 * limit + 1));
  }

  void check_role() {
    auto readable = std::count_if(tables_.begin(), tables_.end(),
                                  [](const TableFacts& table) { return table.may_select; });
    if (server_.role_may_replicate) {
      add(FindingKind::ok, fmt::format("role {} may replicate, and read {} {}", server_.role,
                                       readable, readable == 1 ? "table" : "tables"));
    } else {
      add(FindingKind::fix, fmt::format("role {} may not replicate", server_.role),
          fmt::format("ALTER ROLE {} REPLICATION;", sql_identifier(server_.role)));
    }
  }

  void check_tables() {
    for (const RefusedTable& refused : plan_.refused) {
      add(FindingKind::stop, refused.table + " " + refused.problem.reason,
          and_resnapshot(refused.problem.statement));
    }
    for (const TableFacts& facts : tables_) {
      if (!facts.has_replica_identity()) note_lost_updates(facts);
    }
    for (uint32_t i = 0; i < plan_.tables.size(); ++i) {
      note_generated_columns(plan_.facts[i]);
      if (plan_.tables[TableIndex(i)].needs_row_store) note_row_store(plan_.facts[i]);
    }
    for (const ParentFacts& parent : parents_) note_children(parent);
  }

  void note_generated_columns(const TableFacts& facts) {
    std::string generated = describe_generated(facts);
    if (generated.empty()) return;
    add(FindingKind::note,
        fmt::format("{} {}; a view writes their expressions itself", facts.full_name(), generated));
  }

  void note_children(const ParentFacts& parent) {
    std::string children = some_of(parent.children);
    add(FindingKind::note,
        parent.is_partitioned
            ? fmt::format(
                  "{} is partitioned: its partitions{} are read as tables of their own, and "
                  "views name them",
                  parent.name, children)
            : fmt::format(
                  "{} has children{}: its topic holds its own rows only, as FROM ONLY does; "
                  "they are tables of their own",
                  parent.name, children));
  }

  void note_lost_updates(const TableFacts& facts) {
    if (!published_ || published_->find(facts.full_name()) == nullptr) return;
    add(FindingKind::note,
        fmt::format("{} is in the publication {} and has no replica identity: UPDATE and DELETE of "
                    "it fail for everybody",
                    facts.full_name(), published_->name));
  }

  void note_row_store(const TableFacts& facts) {
    const char* identity = facts.replica_identity == 'i' ? "an index as" : "the default";
    std::string about;
    if (facts.bytes_estimated != 0)
      about = fmt::format(" (about {})", size_text(facts.bytes_estimated));
    add(FindingKind::note,
        fmt::format("{} has {} replica identity: Leat keeps a copy of its rows{}",
                    facts.full_name(), identity, about),
        fmt::format("ALTER TABLE {} REPLICA IDENTITY FULL;   -- saves that, costs the source WAL",
                    facts.quoted_name()));
  }

  void check_publication() {
    if (plan_.problem) {
      add(FindingKind::fix, plan_.problem->reason, and_resnapshot(plan_.problem->statement));
    }
    if (!published_ && !plan_.publication_statement.empty()) {
      add(FindingKind::note, "there is no publication yet; the first run makes it",
          plan_.publication_statement);
    } else if (!plan_.unpublished.empty()) {
      add(FindingKind::note,
          fmt::format("the publication {} lacks {}; they are added when the tables are copied",
                      published_->name, fmt::join(plan_.unpublished, ", ")),
          and_resnapshot(plan_.publication_statement));
    }
  }

  // Where there is a slot the tables have been copied already, most likely.
  std::string and_resnapshot(const std::string& statement) const {
    if (!slot_ || statement.empty()) return statement;
    return fmt::format("{}   -- then: leat source resnapshot {}", statement, config_.name);
  }

  void check_slot() {
    if (!slot_) return;
    std::string name = slot_name(config_.name);
    if (auto problem = problem_of(*slot_, config_.name, server_.database)) {
      add(FindingKind::fix, problem->reason, problem->statement);
    } else if (slot_->wal_status == "lost") {
      add(FindingKind::fix,
          fmt::format("the replication slot {} was invalidated: the server has removed WAL that it "
                      "needs; the next step is leat source resnapshot {}",
                      name, config_.name),
          "ALTER SYSTEM SET max_slot_wal_keep_size = -1;   -- or more than the longest pause");
    } else {
      add(FindingKind::ok,
          fmt::format("the replication slot {} is {}, confirmed up to {}", name,
                      slot_->active ? "in use" : "there", to_text(slot_->confirmed_flush)));
    }
  }

  const PostgresConfig& config_;
  Connection& connection_;
  SourceReport* report_;
  ServerFacts server_;
  std::vector<TableFacts> tables_;
  std::vector<ParentFacts> parents_;
  std::optional<SlotFacts> slot_;
  std::optional<PublicationFacts> published_;
  CapturePlan plan_;
};

}  // namespace

Result<SourceReport> check_postgres(const PostgresConfig& config) {
  StopSignal never;
  LEAT_ASSIGN_OR_RETURN(auto connection, Connection::open(connect_options(config, false), &never));
  SourceReport report;
  report.server = connection->server();
  LEAT_RETURN_IF_ERROR(Check(config, *connection, &report).run());
  return report;
}

}  // namespace leat::cdc

#include "cdc/postgres/check.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "cdc/postgres/capture.h"
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

// Looks at one thing after the other, in the order in which a person would mend them.
class Check {
 public:
  Check(const PostgresConfig& config, Connection& connection, SourceReport* report)
      : config_(config), connection_(connection), report_(report) {}

  Status run() {
    LEAT_ASSIGN_OR_RETURN(server_, read_server_facts(connection_));
    LEAT_ASSIGN_OR_RETURN(tables_, read_tables(connection_, config_.tables));
    check_server();
    check_role();
    check_tables();
    LEAT_RETURN_IF_ERROR(check_publication());
    return check_slot();
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
    if (tables_.empty()) {
      add(FindingKind::fix, fmt::format("no table matches {}", fmt::join(config_.tables, ", ")));
    }
  }

  void check_tables() {
    for (const TableFacts& facts : tables_) {
      auto planned = plan_capture(facts, config_.name, server_.role);
      if (!planned.ok()) {
        add(FindingKind::fix, facts.full_name() + " " + planned.error().reason,
            planned.error().statement);
        continue;
      }
      capturable_.push_back(facts);
      if (planned->needs_row_store) note_row_store(facts);
    }
  }

  void note_row_store(const TableFacts& facts) {
    const char* identity = facts.replica_identity == 'i' ? "an index as" : "the default";
    add(FindingKind::note,
        fmt::format("{} has {} replica identity: Leat keeps a copy of its rows (about {})",
                    facts.full_name(), identity, size_text(facts.bytes)),
        fmt::format("ALTER TABLE {} REPLICA IDENTITY FULL;   -- saves that, costs the source WAL",
                    facts.quoted_name()));
  }

  Status check_publication() {
    std::string name = publication_name(config_.name);
    LEAT_ASSIGN_OR_RETURN(auto published, read_publication(connection_, name));
    if (!published) {
      note_missing_publication();
      return Ok();
    }
    if (auto problem = problem_of(*published)) {
      add(FindingKind::fix, problem->reason, problem->statement + then_resnapshot());
    }
    for (const TableFacts& facts : capturable_) check_published(*published, facts);
    return Ok();
  }

  void check_published(const PublicationFacts& publication, const TableFacts& facts) {
    const PublishedTable* table = publication.find(facts.full_name());
    if (table == nullptr) {
      add(FindingKind::fix,
          fmt::format("{} is not in the publication {}", facts.full_name(), publication.name),
          fmt::format("ALTER PUBLICATION {} ADD TABLE {};", sql_identifier(publication.name),
                      facts.quoted_name()) +
              then_resnapshot());
    } else if (auto problem = problem_of(publication, *table)) {
      add(FindingKind::fix, facts.full_name() + " " + problem->reason,
          problem->statement + then_resnapshot());
    }
  }

  std::string then_resnapshot() const {
    return fmt::format("   -- then: leat source resnapshot {}", config_.name);
  }

  void note_missing_publication() {
    if (capturable_.empty()) return;
    std::string statement = publication_statement(config_.name, capturable_);
    bool may_publish = std::all_of(capturable_.begin(), capturable_.end(),
                                   [](const TableFacts& table) { return table.may_publish; });
    if (may_publish) {
      add(FindingKind::note, "there is no publication yet; the first run makes it", statement);
    } else {
      add(FindingKind::fix,
          fmt::format("there is no publication yet, and role {} may not make it: it does not own "
                      "the tables; let their owner run",
                      server_.role),
          statement);
    }
  }

  Status check_slot() {
    std::string name = slot_name(config_.name);
    LEAT_ASSIGN_OR_RETURN(auto slot, read_slot(connection_, name));
    if (!slot) return Ok();
    std::string drop = fmt::format("SELECT pg_drop_replication_slot({});", sql_literal(name));
    if (slot->wal_status == "lost") {
      add(FindingKind::fix,
          fmt::format("the replication slot {} was invalidated: the server has removed WAL that it "
                      "needs; the next step is leat source resnapshot {}",
                      name, config_.name),
          "ALTER SYSTEM SET max_slot_wal_keep_size = -1;   -- or more than the longest pause");
    } else if (slot->plugin != "pgoutput" || slot->database != database_of(connection_)) {
      add(FindingKind::fix,
          fmt::format("the replication slot {} is somebody else's (plugin {}, database {})", name,
                      slot->plugin, slot->database),
          drop);
    } else {
      add(FindingKind::ok,
          fmt::format("the replication slot {} is {}, confirmed up to {}", name,
                      slot->active ? "in use" : "there", to_text(slot->confirmed_flush)));
    }
    return Ok();
  }

  static std::string database_of(const Connection& connection) {
    std::string address = connection.address();
    return address.substr(address.rfind('/') + 1);
  }

  const PostgresConfig& config_;
  Connection& connection_;
  SourceReport* report_;
  ServerFacts server_;
  std::vector<TableFacts> tables_;
  std::vector<TableFacts> capturable_;
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

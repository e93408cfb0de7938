#include "cdc/mysql/check.h"

#include <spdlog/fmt/fmt.h>

#include <set>
#include <vector>

#include "cdc/mysql/capture_rules.h"
#include "cdc/mysql/catalog.h"
#include "cdc/mysql/client.h"
#include "cdc/mysql/prepared_xa.h"

namespace leat::cdc::mysql {
namespace {

// A setting that changes at once stays so only if the server's own file says it too.
constexpr const char* kAndInFile = "   -- and in my.cnf";

// Looks at one thing after the other, in the order in which a person would mend them.
class Check {
 public:
  Check(const MysqlConfig& config, Client& client, SourceReport* report)
      : config_(config), client_(client), report_(report) {}

  Status run() {
    LEAT_ASSIGN_OR_RETURN(server_, read_server_facts(client_));
    LEAT_ASSIGN_OR_RETURN(tables_, read_tables(client_, config_.tables));
    check_version();
    if (server_.binlog_is_on) {
      check_binlog();
      check_retention();
    } else {
      add(FindingKind::fix, "the binlog is off",
          "log_bin = binlog   -- in my.cnf under [mysqld], with a server_id; then restart");
    }
    check_gtids();
    LEAT_RETURN_IF_ERROR(check_prepared_xa());
    check_rights();
    check_indirections();
    check_tables();
    return Ok();
  }

 private:
  bool is_mariadb() const { return server_.flavour == Flavour::mariadb; }

  void add(FindingKind kind, std::string text, std::string statement = "") {
    report_->findings.push_back({kind, std::move(text), std::move(statement)});
  }

  void check_version() {
    uint32_t oldest = is_mariadb() ? 100'600 : 80'000;
    if (server_.version_number >= oldest) return;
    add(FindingKind::fix, fmt::format("version {} is too old; {} is the oldest that can be read",
                                      server_.version, is_mariadb() ? "10.6" : "8.0"));
  }

  void check_binlog() {
    size_t before = report_->findings.size();
    if (server_.binlog_format != "ROW") {
      add(FindingKind::fix,
          fmt::format("binlog_format is {}, and must be ROW (sessions keep theirs until they "
                      "reconnect)",
                      server_.binlog_format),
          std::string("SET GLOBAL binlog_format = ROW;") + kAndInFile);
    }
    if (server_.binlog_row_metadata != "FULL") {
      add(FindingKind::fix,
          fmt::format("binlog_row_metadata is {}, and must be FULL: it tells the columns' names "
                      "and types",
                      server_.binlog_row_metadata),
          std::string("SET GLOBAL binlog_row_metadata = FULL;") + kAndInFile);
    }
    if (server_.is_replica && !server_.logs_replica_updates) {
      add(FindingKind::fix,
          "this server is a replica, and does not write what it receives into its own binlog",
          "log_slave_updates = ON   -- in my.cnf under [mysqld]; then restart");
    }
    if (report_->findings.size() == before) {
      add(FindingKind::ok, "the binlog is on, with rows and their full metadata");
    }
    if (server_.binlog_row_image != "FULL") note_row_image();
  }

  void note_row_image() {
    add(FindingKind::note,
        fmt::format("binlog_row_image is {}: Leat keeps a copy of the tables' rows",
                    server_.binlog_row_image),
        std::string(
            "SET GLOBAL binlog_row_image = FULL;   -- saves that, costs the server binlog"));
  }

  void check_retention() {
    constexpr uint64_t kHour = 3600, kDay = 24 * kHour;
    if (server_.binlog_expires_s == 0 || server_.binlog_expires_s >= kDay) return;
    add(FindingKind::note,
        fmt::format("the binlog is kept for {:.1f} h only: after a longer pause of Leat the tables "
                    "must be copied anew",
                    static_cast<double>(server_.binlog_expires_s) / kHour),
        std::string("SET GLOBAL binlog_expire_logs_seconds = 604800;") + kAndInFile);
  }

  void check_gtids() {
    if (server_.has_gtids()) return;
    add(FindingKind::note,
        fmt::format("gtid_mode is {}: Leat can go on at this server only, and a copy of the tables "
                    "begins with a short FLUSH TABLES WITH READ LOCK",
                    server_.gtid_mode),
        "SET PERSIST enforce_gtid_consistency = ON;\n"
        "SET PERSIST gtid_mode = OFF_PERMISSIVE;\n"
        "SET PERSIST gtid_mode = ON_PERMISSIVE;\n"
        "SET PERSIST gtid_mode = ON;   -- one after the other, on every server");
    if (server_.may_lock) return;
    add(FindingKind::fix, fmt::format("{} may not take that lock", server_.user),
        fmt::format("GRANT RELOAD ON *.* TO {};", server_.user));
  }

  Status check_prepared_xa() {
    LEAT_ASSIGN_OR_RETURN(auto open, read_prepared_xa(client_));
    if (!open || open->empty()) return Ok();
    add(FindingKind::note,
        fmt::format("{} XA {} prepared: a copy of the tables waits for the end of each",
                    open->size(), open->size() == 1 ? "transaction is" : "transactions are"),
        fmt::format("XA COMMIT {};   -- or XA ROLLBACK", open->front()));
    return Ok();
  }

  void check_indirections() {
    std::vector<const char*> unseen, rights;
    if (!server_.may_see_triggers) {
      unseen.push_back("triggers");
      rights.push_back("TRIGGER");
    }
    if (!server_.may_see_views) {
      unseen.push_back("what views are made of");
      rights.push_back("SHOW VIEW");
    }
    if (rights.empty() || tables_.empty()) return;
    std::set<std::string> schemas;
    for (const TableFacts& table : tables_) schemas.insert(table.schema);
    std::string grants;
    for (const std::string& schema : schemas) {
      grants += fmt::format("{}GRANT {} ON {}.* TO {};", grants.empty() ? "" : "\n",
                            fmt::join(rights, ", "), sql_identifier(schema), server_.user);
    }
    add(FindingKind::note,
        fmt::format("{} may not see {}: a session that sets another binlog_format than ROW is "
                    "noticed where its statements name a table that is read, but not where they "
                    "change it by way of these",
                    server_.user, fmt::join(unseen, ", nor ")),
        grants);
  }

  void check_rights() {
    if (server_.may_read_binlog && server_.may_see_position) {
      add(FindingKind::ok, fmt::format("{} may read the binlog", server_.user));
    }
    if (!server_.may_read_binlog) {
      add(FindingKind::fix, fmt::format("{} may not read the binlog", server_.user),
          fmt::format("GRANT REPLICATION SLAVE ON *.* TO {};", server_.user));
    }
    if (!server_.may_see_position) {
      add(FindingKind::fix, fmt::format("{} may not see where the binlog ends", server_.user),
          fmt::format("GRANT {} ON *.* TO {};",
                      is_mariadb() ? "BINLOG MONITOR" : "REPLICATION CLIENT", server_.user));
    }
    if (tables_.empty()) {
      add(FindingKind::fix,
          fmt::format("no table that {} may see matches {}", server_.user,
                      fmt::join(config_.tables, ", ")),
          "GRANT SELECT ON `the database`.* TO " + server_.user + ";");
    }
  }

  void check_tables() {
    size_t good = 0;
    for (const TableFacts& facts : tables_) {
      auto planned = plan_capture(facts, server_, config_);
      if (!planned.ok()) {
        add(FindingKind::stop, facts.full_name() + " " + planned.error().reason,
            planned.error().statement);
        continue;
      }
      ++good;
      note_cascades(facts);
    }
    if (good != 0) {
      add(FindingKind::ok,
          fmt::format("{} {} can be captured", good, good == 1 ? "table" : "tables"));
    } else if (!tables_.empty()) {
      add(FindingKind::fix, "no table can be captured");
    }
  }

  void note_cascades(const TableFacts& facts) {
    if (server_.logs_cascades) return;
    for (const CascadeFacts& key : facts.cascades) {
      add(FindingKind::note,
          fmt::format("{} has the foreign key {} to {} ({}): what it changes by itself is not "
                      "logged and will be missing, as cascades: accept says",
                      facts.full_name(), key.constraint, key.parent, key.rules));
    }
  }

  const MysqlConfig& config_;
  Client& client_;
  SourceReport* report_;
  ServerFacts server_;
  std::vector<TableFacts> tables_;
};

}  // namespace

Result<SourceReport> check_mysql(const MysqlConfig& config) {
  StopSignal never;
  LEAT_ASSIGN_OR_RETURN(auto client, Client::open(config.connect, &never));
  SourceReport report;
  report.server = client->server();
  LEAT_RETURN_IF_ERROR(Check(config, *client, &report).run());
  return report;
}

}  // namespace leat::cdc::mysql

#include "cdc/mysql/position_check.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "cdc/mysql/file_place.h"

namespace leat::cdc::mysql {
namespace {

class Check {
 public:
  Check(Client& client, const ServerFacts& server, const Position& start, const std::string& source)
      : client_(client), server_(server), start_(start), source_(source) {}

  Status run() {
    if (start_.flavour != server_.flavour) {
      return lost("is not of the kind of server (MySQL, MariaDB) that was captured");
    }
    if (start_.by_file()) return check_file();
    if (start_.flavour == Flavour::mariadb) return check_mariadb();
    return check_mysql();
  }

 private:
  std::string with_choices(const std::string& why) const {
    return fmt::format(
        "{} {}. Either connect {} to a server that goes on from {}, or copy the tables anew: leat "
        "source resnapshot {}",
        client_.server(), why, source_, to_text(start_), source_);
  }
  Error lost(const std::string& why) const { return Error::permanent(with_choices(why)); }

  // Offsets mean something on one server alone.
  Status check_file() {
    if (start_.server != server_.identity) {
      return lost(
          "is another one than was captured, and without GTIDs it is not known where in its "
          "binlog to go on");
    }
    LEAT_ASSIGN_OR_RETURN(auto files, client_.query("SHOW BINARY LOGS"));
    bool is_there = std::any_of(files.begin(), files.end(), [&](const TextRow& file) {
      return !file.empty() && file[0] == start_.file;
    });
    if (is_there) return Ok();
    return lost(
        "no longer has the binlog file that the log has been read up to (purged, or RESET)");
  }

  Status check_mysql() {
    LEAT_ASSIGN_OR_RETURN(GtidSet executed, gtids("SELECT @@global.gtid_executed"));
    if (!executed.contains(start_.gtids)) {
      return not_executed(start_.gtids.minus(executed).to_text());
    }
    LEAT_ASSIGN_OR_RETURN(GtidSet purged, gtids("SELECT @@global.gtid_purged"));
    if (start_.gtids.contains(purged)) return Ok();
    return lost("has purged transactions that were not read yet (" +
                purged.minus(start_.gtids).to_text() + ")");
  }

  // What was purged, the server says itself when it is asked to go on.
  Status check_mariadb() {
    LEAT_ASSIGN_OR_RETURN(std::string text, one_value("SELECT @@global.gtid_current_pos"));
    LEAT_ASSIGN_OR_RETURN(std::string logged, one_value("SELECT @@global.gtid_binlog_pos"));
    LEAT_ASSIGN_OR_RETURN(MariadbGtids current, MariadbGtids::parse(text));
    LEAT_ASSIGN_OR_RETURN(MariadbGtids executed, MariadbGtids::parse(logged));
    executed.add(current);
    if (!executed.contains(start_.mariadb_gtids)) return not_executed(to_text(start_));
    LEAT_RETURN_IF_ERROR(check_origins(current));
    return check_files();
  }

  // Numbers alone do not tell one history from another: who executed the transaction first does.
  Status check_origins(const MariadbGtids& current) {
    LEAT_ASSIGN_OR_RETURN(std::string text, one_value("SELECT @@global.gtid_binlog_state"));
    LEAT_ASSIGN_OR_RETURN(auto logged, parse_mariadb_gtid_list(text));
    // Of what a replica was made from, its own binlog has nothing.
    auto known = current.ids();
    for (const MariadbGtidId& id : start_.mariadb_gtids.ids()) {
      bool is_logged = std::any_of(logged.begin(), logged.end(), [&](const MariadbGtidId& last) {
        return last.domain == id.domain && last.server_id == id.server_id &&
               last.sequence >= id.sequence;
      });
      if (is_logged || std::find(known.begin(), known.end(), id) != known.end()) continue;
      return lost("has another history: it never logged " + mysql::to_text(id));
    }
    return Ok();
  }

  // After RESET MASTER the numbers begin anew: the same GTID is another transaction. On the server
  // that the position's file is of, the files say so.
  Status check_files() {
    if (start_.server != server_.identity || start_.file.empty()) return Ok();
    LEAT_ASSIGN_OR_RETURN(auto files, client_.query("SHOW BINARY LOGS"));
    bool has_come_so_far = !files.empty() && !files.back().empty() &&
                           FilePlace{files.back()[0].value_or("")}.is_at_or_behind({start_.file});
    if (!has_come_so_far) {
      return lost("has another history: its binlog was RESET, or it was restored (it has no file " +
                  start_.file + " yet)");
    }
    return check_file_gtids();
  }

  Status check_file_gtids() {
    LEAT_ASSIGN_OR_RETURN(auto rows,
                          client_.query(fmt::format("SELECT BINLOG_GTID_POS({}, {})",
                                                    sql_literal(start_.file), start_.offset)));
    // NULL: it has no such place any more.
    if (rows.empty() || rows[0].empty() || !rows[0][0]) return Ok();
    LEAT_ASSIGN_OR_RETURN(MariadbGtids there, MariadbGtids::parse(*rows[0][0]));
    if (there == start_.mariadb_gtids) return Ok();
    return lost("has another history: its binlog was RESET, or it was restored (at " + start_.file +
                " it has " + there.to_text() + ")");
  }

  Error not_executed(const std::string& missing) const {
    if (server_.is_replica) {
      return Error::transient(with_choices(fmt::format(
          "has not yet executed what was read from the server before it ({}), and is waited for",
          missing)));
    }
    return lost("has not executed transactions that the log holds (" + missing +
                "): it was RESET or restored, or is another one");
  }

  Result<std::string> one_value(const std::string& sql) {
    LEAT_ASSIGN_OR_RETURN(auto rows, client_.query(sql));
    if (rows.empty() || rows[0].empty()) return Error::permanent("no answer to " + sql);
    return rows[0][0].value_or("");
  }

  Result<GtidSet> gtids(const std::string& sql) {
    LEAT_ASSIGN_OR_RETURN(std::string text, one_value(sql));
    return GtidSet::parse(text);
  }

  Client& client_;
  const ServerFacts& server_;
  const Position& start_;
  const std::string& source_;
};

}  // namespace

Status check_position(Client& client, const ServerFacts& server, const StreamPosition& position,
                      const std::string& source) {
  return Check(client, server, position.start(), source).run();
}

}  // namespace leat::cdc::mysql

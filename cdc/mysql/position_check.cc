#include "cdc/mysql/position_check.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "cdc/mysql/event_probe.h"
#include "cdc/mysql/file_place.h"

namespace leat::cdc::mysql {
namespace {

class Check {
 public:
  Check(Client& client, const ServerFacts& server, const StreamPosition& position,
        const MysqlConfig& config, const StopSignal& stop)
      : client_(client), server_(server), position_(position), config_(config), stop_(stop) {}

  Status run() {
    if (start_.flavour != server_.flavour) {
      return lost("is not of the kind of server (MySQL, MariaDB) that was captured");
    }
    if (start_.by_file()) {
      LEAT_RETURN_IF_ERROR(check_file());
    } else if (start_.flavour == Flavour::mariadb) {
      LEAT_RETURN_IF_ERROR(check_mariadb());
    } else {
      LEAT_RETURN_IF_ERROR(check_mysql());
    }
    return check_files();
  }

 private:
  std::string with_choices(const std::string& why) const {
    return fmt::format(
        "{} {}. Either connect {} to a server that goes on from {}, or copy the tables anew: leat "
        "source resnapshot {}",
        client_.server(), why, config_.name, to_text(start_), config_.name);
  }
  Error lost(const std::string& why) const { return Error::permanent(with_choices(why)); }

  // Offsets mean something on one server alone.
  Status check_file() {
    if (start_.server != server_.identity) {
      return lost(
          "is another one than was captured, and without GTIDs it is not known where in its "
          "binlog to go on");
    }
    LEAT_ASSIGN_OR_RETURN(Files files, read_files());
    if (find(files, start_.file) != nullptr) return Ok();
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
    return check_origins(current);
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

  // In their order.
  struct File {
    std::string name;
    uint64_t bytes = 0;
  };
  using Files = std::vector<File>;
  Result<Files> read_files() {
    LEAT_ASSIGN_OR_RETURN(auto rows, client_.query("SHOW BINARY LOGS"));
    Files out;
    for (const TextRow& row : rows) {
      File& file = out.emplace_back(File{row[0].value_or("")});
      std::string size = row[1].value_or("");
      std::from_chars(size.data(), size.data() + size.size(), file.bytes);
    }
    return out;
  }
  static const File* find(const Files& files, const std::string& name) {
    auto found = std::find_if(files.begin(), files.end(),
                              [&](const File& file) { return file.name == name; });
    return found == files.end() ? nullptr : &*found;
  }

  // After a RESET the numbers begin anew: the same GTID is another transaction.
  Status check_files() {
    const Position& taken = position_.taken;
    if (taken.server != server_.identity || taken.file.empty()) return Ok();
    LEAT_ASSIGN_OR_RETURN(Files files, read_files());
    if (files.empty() || !FilePlace{files.back().name}.is_at_or_behind({taken.file})) {
      return another_history("it has no file " + taken.file + " yet");
    }
    const File* last = find(files, taken.file);
    if (last == nullptr) return check_purged(files.front());
    if (last->bytes < taken.offset) {
      return another_history(fmt::format("{} has {} bytes, and was read up to {}", taken.file,
                                         last->bytes, taken.offset));
    }
    return check_mark(files);
  }

  // With the file that was read last everything went that had been read.
  Status check_purged(const File& first) {
    Error reset = another_history("what was purged from it is not what was read");
    const Position& taken = position_.taken;
    if (taken.flavour == Flavour::mysql) {
      LEAT_ASSIGN_OR_RETURN(GtidSet purged, gtids("SELECT @@global.gtid_purged"));
      return purged.contains(taken.gtids) ? Status() : Status(reset);
    }
    LEAT_ASSIGN_OR_RETURN(std::string text,
                          one_value(fmt::format("SELECT BINLOG_GTID_POS({}, {})",
                                                sql_literal(first.name), kFirstEventOffset)));
    LEAT_ASSIGN_OR_RETURN(MariadbGtids purged, MariadbGtids::parse(text));
    return begins_behind(purged, taken.mariadb_gtids) ? Status() : Status(reset);
  }

  // (A replica's binlog need not have the domains of the time before it was made.)
  static bool begins_behind(const MariadbGtids& purged, const MariadbGtids& taken) {
    auto domains = purged.ids();
    auto read = taken.ids();
    bool is_behind = std::all_of(domains.begin(), domains.end(), [&](const MariadbGtidId& begin) {
      return std::none_of(read.begin(), read.end(), [&](const MariadbGtidId& id) {
        return id.domain == begin.domain && id.sequence > begin.sequence;
      });
    });
    return is_behind && domains.empty() == read.empty();
  }

  Status check_mark(const Files& files) {
    const auto& mark = position_.mark;
    if (!mark || find(files, mark->file) == nullptr) return Ok();
    auto there = probe_event(config_, stop_, mark->file, mark->offset);
    if (!there.ok() && there.error().is_transient()) return there.error();
    if (there.ok() && *there == mark) return Ok();
    LEAT_ASSIGN_OR_RETURN(Files now, read_files());
    if (find(now, mark->file) == nullptr) return Ok();  // purged meanwhile
    return another_history(
        fmt::format("at {}:{} it has not what was read from there", mark->file, mark->offset));
  }

  Error another_history(const std::string& sign) const {
    return lost("has another history: its binlog was RESET, or it was restored (" + sign + ")");
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
  const StreamPosition& position_;
  const MysqlConfig& config_;
  const StopSignal& stop_;
  const Position& start_ = position_.start();
};

}  // namespace

Status check_position(Client& client, const ServerFacts& server, const StreamPosition& position,
                      const MysqlConfig& config, const StopSignal& stop) {
  return Check(client, server, position, config, stop).run();
}

}  // namespace leat::cdc::mysql

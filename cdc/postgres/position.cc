#include "cdc/postgres/position.h"

#include <spdlog/fmt/fmt.h>

#include "log/base/bytes.h"

namespace leat::cdc {
namespace {

Error refuse(const std::string& what, const std::string& source) {
  return Error::permanent(
      fmt::format("{}. To go on: leat source resnapshot {}  (the topics stay readable as of their "
                  "last cut until the new snapshot is in)",
                  what, source));
}

}  // namespace

std::string encode_position(const Position& position) {
  std::string out;
  append_be(&out, position.lsn.value());
  append_be(&out, position.system_identifier);
  append_be(&out, position.timeline);
  out += position.database;
  return out;
}

Result<Position> decode_position(std::string_view bytes) {
  ByteReader in(bytes);
  Position out;
  out.lsn = Lsn(in.be<uint64_t>());
  out.system_identifier = in.be<uint64_t>();
  out.timeline = in.be<uint32_t>();
  out.database = in.rest();
  if (in.ok()) return out;
  return Error::permanent("the position that the log holds is not one of a PostgreSQL source");
}

std::string encode_commit_position(Lsn lsn) {
  std::string out;
  append_be(&out, lsn.value());
  return out;
}

Status check_resume(const Position& stored, const SystemFacts& system,
                    const std::optional<SlotFacts>& slot, const std::string& source,
                    const std::string& slot_name) {
  if (stored.system_identifier != system.system_identifier) {
    return refuse(fmt::format("this is another server (system identifier {}) than the one that was "
                              "captured ({})",
                              system.system_identifier, stored.system_identifier),
                  source);
  }
  if (stored.database != system.database) {
    return refuse(
        fmt::format("database {} was captured, and this is {}", stored.database, system.database),
        source);
  }
  if (stored.timeline != system.timeline) {
    return refuse(
        fmt::format("the server is on timeline {}, and {} was captured: what was read may "
                    "not be part of its history",
                    system.timeline, stored.timeline),
        source);
  }
  if (!slot) {
    return refuse(fmt::format("the replication slot '{}' is gone, and with it the changes after {}",
                              slot_name, to_text(stored.lsn)),
                  source);
  }
  if (slot->plugin != "pgoutput" || slot->database != stored.database) {
    return refuse(fmt::format("the replication slot '{}' is somebody else's (plugin {}, database "
                              "{})",
                              slot_name, slot->plugin, slot->database),
                  source);
  }
  if (stored.lsn > system.wal_end) {
    return refuse(
        fmt::format("the server's WAL ends at {}, and it was read up to {}: the server was "
                    "put back to an older state of itself",
                    to_text(system.wal_end), to_text(stored.lsn)),
        source);
  }
  if (slot->wal_status == "lost") {
    return refuse(
        fmt::format("the replication slot '{}' was invalidated: the server has removed WAL "
                    "that it needs (max_slot_wal_keep_size)",
                    slot_name),
        source);
  }
  if (slot->confirmed_flush > stored.lsn) {
    return refuse(
        fmt::format("the replication slot '{}' is ahead of this log ({} > {}): changes in between "
                    "are gone from the server. This happens when the data directory was restored "
                    "from an older copy",
                    slot_name, to_text(slot->confirmed_flush), to_text(stored.lsn)),
        source);
  }
  return Ok();
}

}  // namespace leat::cdc

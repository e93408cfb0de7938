#include "cdc/postgres/slot.h"

#include <spdlog/fmt/fmt.h>

#include "cdc/postgres/publication.h"
#include "cdc/postgres/quote.h"

namespace leat::cdc {

std::string slot_name(const std::string& source) {
  return "leat_" + source;
}

std::optional<CaptureProblem> problem_of(const SlotFacts& slot, const std::string& source,
                                         const std::string& database) {
  if (slot.plugin == "pgoutput" && slot.database == database) return std::nullopt;
  std::string name = slot_name(source);
  if (slot.plugin == "pgoutput") {
    return CaptureProblem{
        fmt::format("the replication slot {} is of a source of database {}, and a server's slots "
                    "share their names: give this source another name in leat.yaml",
                    name, slot.database),
        ""};
  }
  return CaptureProblem{
      fmt::format("the replication slot {} is somebody else's (plugin {}, database {}): give this "
                  "source another name in leat.yaml, or drop the slot if nobody needs it",
                  name, slot.plugin, slot.database),
      fmt::format("SELECT pg_drop_replication_slot({});", sql_literal(name))};
}

Result<NewSlot> create_slot(Connection& replication, const std::string& source,
                            bool drop_existing) {
  std::string slot = sql_identifier(slot_name(source));
  if (drop_existing) {
    LEAT_RETURN_IF_ERROR(replication.execute("DROP_REPLICATION_SLOT " + slot));
  }
  // The options' form that every version since 14 knows.
  LEAT_ASSIGN_OR_RETURN(auto rows,
                        replication.query(fmt::format(
                            "CREATE_REPLICATION_SLOT {} LOGICAL pgoutput EXPORT_SNAPSHOT", slot)));
  if (rows.size() == 1 && rows[0].size() >= 3 && rows[0][1] && rows[0][2]) {
    if (auto lsn = parse_lsn(*rows[0][1])) return NewSlot{*lsn, *rows[0][2]};
  }
  return Error::permanent("the server's answer to CREATE_REPLICATION_SLOT cannot be read");
}

std::string start_command(const std::string& source, Lsn from) {
  return fmt::format(
      "START_REPLICATION SLOT {} LOGICAL {} (proto_version '2', publication_names {}, "
      "binary 'true', streaming 'true', messages 'false')",
      sql_identifier(slot_name(source)), to_text(from),
      sql_literal(sql_identifier(publication_name(source))));
}

}  // namespace leat::cdc

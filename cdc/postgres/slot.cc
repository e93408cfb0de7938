#include "cdc/postgres/slot.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "cdc/postgres/publication.h"
#include "cdc/postgres/quote.h"

namespace leat::cdc {
namespace {

std::string table_list(const std::vector<TableFacts>& tables) {
  std::string out;
  for (const TableFacts& table : tables) out += (out.empty() ? "" : ", ") + table.quoted_name();
  return out;
}

std::vector<std::string> sorted_names(const std::vector<TableFacts>& tables) {
  std::vector<std::string> out;
  for (const TableFacts& table : tables) out.push_back(table.full_name());
  std::sort(out.begin(), out.end());
  return out;
}

Status run_as_owner(Connection& connection, const std::string& statement) {
  auto done = connection.execute(statement);
  if (done.ok() || done.error().is_transient()) return done;
  return Error::permanent(
      fmt::format("the publication cannot be made by this role ({}). Let the tables' owner run: {}",
                  done.error().message(), statement));
}

}  // namespace

std::string slot_name(const std::string& source) {
  return "leat_" + source;
}
std::string publication_name(const std::string& source) {
  return "leat_" + source;
}

std::string publication_statement(const std::string& source,
                                  const std::vector<TableFacts>& tables) {
  return fmt::format("CREATE PUBLICATION {} FOR TABLE {};",
                     sql_identifier(publication_name(source)), table_list(tables));
}

Status ensure_publication(Connection& connection, const std::string& source,
                          const std::vector<TableFacts>& tables) {
  LEAT_ASSIGN_OR_RETURN(auto published, read_publication(connection, publication_name(source)));
  if (!published) return run_as_owner(connection, publication_statement(source, tables));
  std::vector<std::string> names;
  for (const PublishedTable& table : published->tables) names.push_back(table.name);
  std::sort(names.begin(), names.end());
  if (names == sorted_names(tables)) return Ok();
  return run_as_owner(connection,
                      fmt::format("ALTER PUBLICATION {} SET TABLE {};",
                                  sql_identifier(publication_name(source)), table_list(tables)));
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

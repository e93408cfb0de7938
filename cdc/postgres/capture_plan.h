// What is captured of a server's tables, and what keeps a table, or all of them, from it: what
// `leat run` goes by and what `leat check` prints.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cdc/capture_problem.h"
#include "cdc/postgres/catalog.h"
#include "cdc/postgres/publication.h"
#include "cdc/postgres/source.h"
#include "cdc/source.h"
#include "cdc/table.h"

namespace leat::cdc {

struct RefusedTable {
  std::string table;  // schema.table
  CaptureProblem problem;
};

struct CapturePlan {
  TableSet tables;                        // can be captured; without ids
  std::vector<TableFacts> facts;          // of each of them
  std::vector<RefusedTable> refused;      // cannot; the others go on
  std::optional<CaptureProblem> problem;  // keeps the whole source from being captured
  // To be run before the slot is made: the publication, or what it lacks. Empty: it has all.
  std::string publication_statement;
  std::vector<std::string> unpublished;  // the tables that it lacks

  std::vector<StoppedTable> stopped_tables() const;
};

// By the tables' own facts alone.
CapturePlan plan_tables(const std::vector<TableFacts>& facts, const std::string& source,
                        const std::string& role);

// For a snapshot: the changes behind it must all come through PUBLICATION (none: there is none
// yet). What else it publishes does not matter.
CapturePlan plan_captures(const std::vector<TableFacts>& facts,
                          const std::optional<PublicationFacts>& publication,
                          const PostgresConfig& config, const ServerFacts& server);

}  // namespace leat::cdc

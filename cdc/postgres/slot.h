// The publication and the replication slot of a source: both are named leat_NAME.
#pragma once

#include <string>
#include <vector>

#include "cdc/postgres/catalog.h"
#include "cdc/postgres/connection.h"
#include "cdc/postgres/lsn.h"
#include "log/base/status.h"

namespace leat::cdc {

std::string slot_name(const std::string& source);
std::string publication_name(const std::string& source);

// "CREATE PUBLICATION … FOR TABLE …;" for exactly TABLES.
std::string publication_statement(const std::string& source, const std::vector<TableFacts>& tables);

// Makes the publication publish exactly TABLES. Where our role may not (the tables are not its
// own), the error holds the statement for their owner. Must come before the slot: a slot that is
// older than its publication fails in the middle of the stream.
Status ensure_publication(Connection& connection, const std::string& source,
                          const std::vector<TableFacts>& tables);

struct NewSlot {
  Lsn consistent_point;
  std::string exported_snapshot;  // until the next command on the connection
};
// Drops what a slot of an earlier attempt, if any, and makes a new one. REPLICATION is a
// replication connection. Waits until the transactions that are running now have ended.
Result<NewSlot> create_slot(Connection& replication, const std::string& source, bool drop_existing);

// START_REPLICATION … with what Leat asks of pgoutput.
std::string start_command(const std::string& source, Lsn from);

}  // namespace leat::cdc

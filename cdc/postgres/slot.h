// The replication slot of a source, named leat_NAME.
#pragma once

#include <optional>
#include <string>

#include "cdc/capture_problem.h"
#include "cdc/postgres/catalog.h"
#include "cdc/postgres/connection.h"
#include "cdc/postgres/lsn.h"
#include "log/base/status.h"

namespace leat::cdc {

std::string slot_name(const std::string& source);

// Why the slot of that name cannot be SOURCE's, of DATABASE.
std::optional<CaptureProblem> problem_of(const SlotFacts& slot, const std::string& source,
                                         const std::string& database);

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

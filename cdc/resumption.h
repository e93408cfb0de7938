// The topics of a source as tables to go on with: what the log holds of them, and what the server
// says that they are now.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cdc/source.h"
#include "cdc/table.h"
#include "log/change_log.h"

namespace leat::cdc {

struct Resumption {
  TableSet tables;  // of every topic of the source that has a generation
  // Of those: their form is no longer what the log holds, or they are gone.
  std::vector<std::pair<TableIndex, std::string>> to_stop;
  // Tables of the server that were not there at the snapshot, and topics whose snapshot was never
  // completed.
  std::vector<StoppedTable> refused;
};

// PLANNED are the server's tables that can be captured (without ids), REFUSED those that cannot.
Resumption resume_tables(const std::string& source, const log::ChangeLog& log,
                         const TableSet& planned, const std::vector<StoppedTable>& refused);

}  // namespace leat::cdc

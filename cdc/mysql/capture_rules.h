// Whether and how a table can be captured: the rules that `leat run` goes by and `leat check`
// prints.
#pragma once

#include <vector>

#include "cdc/capture_problem.h"
#include "cdc/mysql/catalog.h"
#include "cdc/mysql/source.h"
#include "cdc/mysql/table_binding.h"
#include "cdc/source.h"
#include "cdc/table.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// A table as captured.
struct PlannedTable {
  CapturedTable table;                // without ids and generation, which are the log's
  TableForm form;                     // how its rows are read from the binlog
  std::vector<MappedColumn> columns;  // how they are read by a query; by the schema's columns
};
Result<PlannedTable, CaptureProblem> plan_capture(const TableFacts& facts,
                                                  const ServerFacts& server,
                                                  const MysqlConfig& config);

// The tables of the server, sorted out.
struct CapturePlan {
  TableSet tables;  // can be captured
  // Of each of them:
  std::vector<TableFacts> facts;
  std::vector<TableForm> forms;
  std::vector<std::vector<MappedColumn>> columns;
  // Cannot, and why.
  std::vector<StoppedTable> refused;
};
CapturePlan plan_captures(const std::vector<TableFacts>& facts, const ServerFacts& server,
                          const MysqlConfig& config);

}  // namespace leat::cdc::mysql

// Whether and how a table can be captured: the rules that `leat run` goes by and `leat check`
// prints.
#pragma once

#include <string>

#include "cdc/capture_problem.h"
#include "cdc/postgres/catalog.h"
#include "cdc/table.h"
#include "log/base/status.h"
#include "log/model/schema.h"

namespace leat::cdc {

// The table as captured: topic, schema, key; without ids and generation, which are the log's. ROLE
// is the role that we log in as, for the statements.
Result<CapturedTable, CaptureProblem> plan_capture(const TableFacts& facts,
                                                   const std::string& source,
                                                   const std::string& role);

// "has generated columns, which PostgreSQL does not send: a, b"; empty: it has none.
std::string describe_generated(const TableFacts& facts);

// The type of a column, where it is supported.
bool column_type(const ColumnFacts& column, Type* out);

}  // namespace leat::cdc

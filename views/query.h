// A query evaluated once, over a snapshot of the views.
//
// Without a join or a grouping rows stream from the snapshot through filters and expressions to the
// callback; where WHERE fixes the leading columns of a relation's unique key only that range is
// read. Otherwise the plan runs through the same operators as a view's, over state in memory.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "log/base/status.h"
#include "log/model/datum.h"
#include "views/relation.h"
#include "views/sql/sql.h"

namespace leat::views {

struct QueryError {
  std::string message;
  std::string sqlstate;
};

using QueryStatus = Result<void, QueryError>;

// The visible columns of one row, of the types in plan.relation.columns; valid during the call. To
// stop, return false.
using QueryRowCallback = std::function<bool(std::span<const Datum> row)>;

// Calls ROW for each row of the result, in its order. What is held in memory (rows to sort, state
// of joins and groupings) is bounded by BYTES_MAX; a query that needs more fails with SQLSTATE
// 53200. Rows may have been given when an error is found. Any thread.
QueryStatus evaluate(const sql::QueryPlan& plan, const ReadSnapshot& snapshot, size_t bytes_max,
                     const QueryRowCallback& row);

}  // namespace leat::views

// The rows of a plan over a snapshot, unsorted.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "joins/plan.h"
#include "views/query.h"
#include "views/relation.h"

namespace leat::views {

// All columns of a row of the plan; valid during the call. False: no more rows are wanted.
using PlanRowCallback = std::function<bool(std::span<const Datum> row)>;

// Whether the plan is inputs, filters and expressions alone.
bool can_stream(const joins::Plan& plan);
QueryStatus stream_rows(const joins::Plan& plan, const ReadSnapshot& snapshot,
                        const PlanRowCallback& row);

// Any other plan; its state is bounded by BYTES_MAX.
QueryStatus compute_rows(const joins::Plan& plan, const ReadSnapshot& snapshot, size_t bytes_max,
                         const PlanRowCallback& row);

// What of INPUT must be read so that no row for which CONDITION is true is missed: the unique keys
// that begin with this (model/key.h). CONDITION is over the input's output columns; null: none.
std::string key_prefix(const joins::Plan& input, const joins::ScalarPtr& condition);

QueryError out_of_memory(size_t bytes_max);
// An error of the store or of a relation that cannot be read now.
QueryError unreadable(const Error& error);

}  // namespace leat::views

// A definition, planned over topics: what a dataflow is made from and what SQL may name of it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "joins/plan.h"
#include "log/change_log.h"
#include "views/relation.h"
#include "views/sql/sql.h"
#include "views/view_catalog.h"

namespace leat::views {

struct PlannedView {
  joins::PlanPtr plan;
  RelationInfo info;
  InputSchemas inputs;
};

// Plans over the topics as they stand in the log (current generations, else those being filled).
sql::SqlResult<PlannedView> plan_over_log(const ViewSource& source, const log::ChangeLog& log,
                                          const log::LogState& state);

// Plans over exactly the topics and schemas INPUTS, as it was planned when it was built: names that
// have become ambiguous since, and columns that have changed, make no difference.
sql::SqlResult<PlannedView> plan_over_inputs(const ViewSource& source, const log::ChangeLog& log,
                                             const InputSchemas& inputs);

// "views/a.sql:2:14: column p.prize does not exist; …": the place in the file.
std::string describe_in_file(const ViewSource& source, const sql::SqlError& error);

// Calls TOPIC for each Input of the plan.
void for_each_input(const joins::Plan& plan, const std::function<void(const joins::Input&)>& input);

}  // namespace leat::views

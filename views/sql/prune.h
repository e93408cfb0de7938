// Dropping columns that nobody reads.
#pragma once

#include "joins/plan.h"

namespace leat::views::sql {

// The same relation, its columns and their order unchanged; below it every operator keeps only what
// is used above it and its unique key. Maps that change nothing go.
joins::PlanPtr prune(joins::PlanPtr plan);

}  // namespace leat::views::sql

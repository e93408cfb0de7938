// Aggregate functions by name, with PostgreSQL's argument and result types.
#pragma once

#include <string>
#include <string_view>

#include "joins/plan.h"
#include "joins/scalar/functions.h"

namespace leat::views::sql {

// PostgreSQL has an aggregate of that name; Leat may not.
bool is_aggregate(std::string_view name);
bool is_supported_aggregate(std::string_view name);

struct AggregateChoice {
  joins::AggregateFunction function = joins::AggregateFunction::count;
  joins::ScalarPtr argument;  // cast as the aggregate needs it
  Type result_type{TypeId::int64};
};

// NAME(ARGUMENT), for the aggregates of one argument.
joins::BindResult<AggregateChoice> choose_aggregate(std::string_view name,
                                                    joins::ScalarPtr argument);

}  // namespace leat::views::sql

#include "views/sql/aggregates.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <optional>

namespace leat::views::sql {
namespace {

using joins::AggregateFunction;

constexpr std::array<std::string_view, 5> kSupported = {"count", "sum", "min", "max", "avg"};
constexpr std::array<std::string_view, 36> kOthers = {
    "array_agg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "corr",
    "covar_pop",
    "covar_samp",
    "every",
    "grouping",
    "json_agg",
    "json_object_agg",
    "jsonb_agg",
    "jsonb_object_agg",
    "mode",
    "percentile_cont",
    "percentile_disc",
    "range_agg",
    "regr_avgx",
    "regr_avgy",
    "regr_count",
    "regr_intercept",
    "regr_r2",
    "regr_slope",
    "regr_sxx",
    "regr_sxy",
    "regr_syy",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "var_pop",
    "var_samp",
    "variance",
    "xmlagg",
};

bool contains(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<TypeId> sum_type(TypeId argument) {
  switch (argument) {
    case TypeId::int16:
    case TypeId::int32:
      return TypeId::int64;
    case TypeId::int64:
    case TypeId::numeric:
      return TypeId::numeric;
    case TypeId::float32:
    case TypeId::float64:
      return argument;
    default:
      return std::nullopt;
  }
}

std::optional<TypeId> avg_type(TypeId argument) {
  switch (argument) {
    case TypeId::int16:
    case TypeId::int32:
    case TypeId::int64:
    case TypeId::numeric:
      return TypeId::numeric;
    case TypeId::float32:
    case TypeId::float64:
      return TypeId::float64;
    default:
      return std::nullopt;
  }
}

std::optional<TypeId> extremum_type(TypeId argument) {
  switch (argument) {
    case TypeId::boolean:
    case TypeId::bytea:
    case TypeId::uuid:
    case TypeId::json:
    case TypeId::jsonb:
      return std::nullopt;
    default:
      return argument;
  }
}

AggregateFunction function_of(std::string_view name) {
  if (name == "sum") return AggregateFunction::sum;
  if (name == "min") return AggregateFunction::min;
  if (name == "max") return AggregateFunction::max;
  if (name == "avg") return AggregateFunction::avg;
  return AggregateFunction::count;
}

std::optional<TypeId> result_type(AggregateFunction function, TypeId argument) {
  switch (function) {
    case AggregateFunction::sum:
      return sum_type(argument);
    case AggregateFunction::avg:
      return avg_type(argument);
    case AggregateFunction::min:
    case AggregateFunction::max:
      return extremum_type(argument);
    default:
      return TypeId::int64;
  }
}

// An untyped literal: PostgreSQL takes text for min and max, and cannot choose for sum and avg.
joins::BindResult<joins::ScalarPtr> resolve_untyped(std::string_view name,
                                                    joins::ScalarPtr argument) {
  if (joins::is_untyped(*argument) && (name == "sum" || name == "avg"))
    return joins::BindError{fmt::format("function {}(unknown) is not unique", name), "42725",
                            "Could not choose a best candidate function. You might need to add "
                            "explicit type casts."};
  return joins::bind_default(std::move(argument));
}

}  // namespace

bool is_aggregate(std::string_view name) {
  return contains(kSupported, name) || contains(kOthers, name);
}

bool is_supported_aggregate(std::string_view name) {
  return contains(kSupported, name);
}

joins::BindResult<AggregateChoice> choose_aggregate(std::string_view name,
                                                    joins::ScalarPtr argument) {
  if (!contains(kSupported, name))
    return joins::BindError{fmt::format("aggregate function {} is not supported", name), "0A000",
                            "count, sum, min, max and avg are"};
  LEAT_ASSIGN_OR_RETURN(argument, resolve_untyped(name, std::move(argument)));
  AggregateFunction function = function_of(name);
  if ((name == "sum" || name == "avg") && argument->type().id == TypeId::interval)
    return joins::BindError{fmt::format("{}(interval) is not supported", name), "0A000",
                            "sum extract(epoch FROM …) instead"};
  std::optional<TypeId> type = result_type(function, argument->type().id);
  if (!type)
    return joins::BindError{
        fmt::format("function {}({}) does not exist", name, type_name(argument->type().id)),
        "42883",
        "No function matches the given name and argument types. You might need to add explicit "
        "type "
        "casts."};
  return AggregateChoice{function, std::move(argument), Type{*type}};
}

}  // namespace leat::views::sql

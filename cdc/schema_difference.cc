#include "cdc/schema_difference.h"

#include <spdlog/fmt/fmt.h>

namespace leat::cdc {
namespace {

// Whether another modifier means other values.
bool modifier_counts(TypeId id) {
  return id != TypeId::text;
}

std::string describe_difference(const Column& then, const Column& now) {
  if (then.type.id != now.type.id) {
    return fmt::format("column {} was {} and is {}", now.name, type_name(then.type.id),
                       type_name(now.type.id));
  }
  if (!modifier_counts(then.type.id) || then.type.modifier == now.type.modifier) return "";
  return fmt::format("column {} has another precision or length", now.name);
}

}  // namespace

std::string describe_difference(const Schema& then, const Schema& now) {
  for (const Column& column : then.columns) {
    if (now.index_of(column.name) < 0) return fmt::format("column {} is gone", column.name);
  }
  for (const Column& column : now.columns) {
    int index = then.index_of(column.name);
    if (index < 0) return fmt::format("column {} is new", column.name);
    std::string difference = describe_difference(then.columns[static_cast<size_t>(index)], column);
    if (!difference.empty()) return difference;
  }
  for (size_t i = 0; i < then.columns.size(); ++i) {
    if (then.columns[i].name != now.columns[i].name) return "the columns stand in another order";
  }
  return then.key_columns != now.key_columns ? "the key has other columns" : "";
}

}  // namespace leat::cdc

#include "views/sql/prune.h"

#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include "joins/scalar/expression.h"
#include "views/sql/predicate.h"

namespace leat::views::sql {
namespace {

using joins::Plan;
using joins::PlanPtr;
using joins::ScalarPtr;

using Positions = std::set<int>;

// POSITION_OF[i] is where the old column i now is, or -1.
struct Pruned {
  PlanPtr plan;
  std::vector<int> position_of;
};

Pruned prune_to(PlanPtr plan, Positions needed);

std::vector<int> relocate(const std::vector<int>& columns, const std::vector<int>& position_of) {
  std::vector<int> result;
  for (int column : columns) result.push_back(position_of[static_cast<size_t>(column)]);
  return result;
}

ScalarPtr relocate(const ScalarPtr& expression, const Plan& input,
                   const std::vector<int>& position_of) {
  std::vector<ScalarPtr> columns(position_of.size());
  for (size_t i = 0; i < position_of.size(); ++i)
    if (position_of[i] >= 0)
      columns[i] =
          joins::make_column(position_of[i], input.row_type[static_cast<size_t>(position_of[i])]);
  return joins::replace_columns(expression, columns);
}

// The old columns KEPT, in order, out of WIDTH.
std::vector<int> new_positions(const std::vector<int>& kept, size_t width) {
  std::vector<int> position_of(width, -1);
  for (size_t i = 0; i < kept.size(); ++i)
    position_of[static_cast<size_t>(kept[i])] = static_cast<int>(i);
  return position_of;
}

void add(const std::vector<int>& columns, Positions* to) {
  to->insert(columns.begin(), columns.end());
}
void add(const joins::Scalar& expression, Positions* to) {
  to->merge(columns_of(expression));
}

template <class T>
std::vector<T> pick(const std::vector<T>& all, const std::vector<int>& kept) {
  std::vector<T> picked;
  for (int i : kept) picked.push_back(all[static_cast<size_t>(i)]);
  return picked;
}

// --- One operator each
// -----------------------------------------------------------------------------

Pruned prune_node(joins::Input& input, PlanPtr plan, const Positions& needed) {
  std::vector<int> kept(needed.begin(), needed.end());
  Pruned result{nullptr, new_positions(kept, plan->row_type.size())};
  input.columns = pick(input.columns, kept);
  plan->row_type = pick(plan->row_type, kept);
  plan->unique_key = relocate(plan->unique_key, result.position_of);
  result.plan = std::move(plan);
  return result;
}

Pruned prune_node(joins::Filter& filter, PlanPtr plan, Positions needed) {
  if (!filter.input) return {std::move(plan), {}};
  add(*filter.condition, &needed);
  Pruned input = prune_to(std::move(filter.input), std::move(needed));
  filter.condition = relocate(filter.condition, *input.plan, input.position_of);
  plan->row_type = input.plan->row_type;
  plan->unique_key = relocate(plan->unique_key, input.position_of);
  filter.input = std::move(input.plan);
  return {std::move(plan), std::move(input.position_of)};
}

bool is_identity(const joins::Map& map) {
  if (!map.input || map.columns.size() != map.input->row_type.size()) return false;
  for (size_t i = 0; i < map.columns.size(); ++i)
    if (joins::column_index(*map.columns[i]) != static_cast<int>(i)) return false;
  return true;
}

Pruned prune_node(joins::Map& map, PlanPtr plan, const Positions& needed) {
  std::vector<int> kept(needed.begin(), needed.end());
  Pruned result{nullptr, new_positions(kept, plan->row_type.size())};
  map.columns = pick(map.columns, kept);
  plan->row_type = pick(plan->row_type, kept);
  plan->unique_key = relocate(plan->unique_key, result.position_of);
  if (map.input) {
    Positions used;
    for (const ScalarPtr& column : map.columns) add(*column, &used);
    Pruned input = prune_to(std::move(map.input), std::move(used));
    for (ScalarPtr& column : map.columns) column = relocate(column, *input.plan, input.position_of);
    map.input = std::move(input.plan);
  }
  if (is_identity(map)) {
    map.input->unique_key = plan->unique_key;
    PlanPtr inner = std::move(map.input);
    plan = std::move(inner);
  }
  result.plan = std::move(plan);
  return result;
}

Pruned prune_node(joins::Join& join, PlanPtr plan, const Positions& needed) {
  const int left_width = static_cast<int>(join.left->row_type.size());
  Positions of_left, of_right;
  for (int column : needed) {
    if (column < left_width)
      of_left.insert(column);
    else
      of_right.insert(column - left_width);
  }
  add(join.left_keys, &of_left);
  add(join.right_keys, &of_right);
  Pruned left = prune_to(std::move(join.left), std::move(of_left));
  Pruned right = prune_to(std::move(join.right), std::move(of_right));
  join.left_keys = relocate(join.left_keys, left.position_of);
  join.right_keys = relocate(join.right_keys, right.position_of);
  const int new_left_width = static_cast<int>(left.plan->row_type.size());
  Pruned result{nullptr, std::move(left.position_of)};
  for (int position : right.position_of)
    result.position_of.push_back(position < 0 ? -1 : position + new_left_width);
  plan->row_type = left.plan->row_type;
  plan->row_type.insert(plan->row_type.end(), right.plan->row_type.begin(),
                        right.plan->row_type.end());
  plan->unique_key = relocate(plan->unique_key, result.position_of);
  join.left = std::move(left.plan);
  join.right = std::move(right.plan);
  result.plan = std::move(plan);
  return result;
}

// Group columns stay (they decide the rows); aggregates that nobody reads go.
Pruned prune_node(joins::Aggregate& aggregate, PlanPtr plan, const Positions& needed) {
  const size_t groups = aggregate.group_columns.size();
  std::vector<int> kept(groups);
  std::iota(kept.begin(), kept.end(), 0);
  Positions used(aggregate.group_columns.begin(), aggregate.group_columns.end());
  std::vector<joins::AggregateCall> calls;
  for (size_t i = 0; i < aggregate.calls.size(); ++i) {
    if (needed.count(static_cast<int>(groups + i)) == 0) continue;
    kept.push_back(static_cast<int>(groups + i));
    calls.push_back(aggregate.calls[i]);
    if (calls.back().argument >= 0) used.insert(calls.back().argument);
  }
  Pruned input = prune_to(std::move(aggregate.input), std::move(used));
  aggregate.group_columns = relocate(aggregate.group_columns, input.position_of);
  for (joins::AggregateCall& call : calls)
    if (call.argument >= 0) call.argument = input.position_of[static_cast<size_t>(call.argument)];
  aggregate.calls = std::move(calls);
  aggregate.input = std::move(input.plan);
  Pruned result{nullptr, new_positions(kept, plan->row_type.size())};
  plan->row_type = pick(plan->row_type, kept);
  plan->unique_key = relocate(plan->unique_key, result.position_of);
  result.plan = std::move(plan);
  return result;
}

Pruned prune_to(PlanPtr plan, Positions needed) {
  add(plan->unique_key, &needed);
  auto& node = plan->node;
  return std::visit([&](auto& op) { return prune_node(op, std::move(plan), std::move(needed)); },
                    node);
}

}  // namespace

PlanPtr prune(PlanPtr plan) {
  Positions all;
  for (size_t i = 0; i < plan->row_type.size(); ++i) all.insert(static_cast<int>(i));
  return prune_to(std::move(plan), std::move(all)).plan;
}

}  // namespace leat::views::sql

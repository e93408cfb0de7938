#include "views/sql/grouping.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace leat::views::sql {

using joins::ScalarPtr;

Grouping::Grouping(std::vector<ScalarPtr> group_by, std::vector<AggregateUse> aggregates,
                   const Scope& scope, ColumnIds& ids)
    : aggregates_(std::move(aggregates)), scope_(scope), ids_(ids) {
  for (ScalarPtr& value : group_by)
    if (!find_group(*value)) groups_.push_back({std::move(value), ids_.allocate()});
  explicit_groups_ = groups_.size();
}

const Grouping::Group* Grouping::find_group(const joins::Scalar& expression) const {
  for (const Group& group : groups_)
    if (joins::same_expression(*group.value, expression)) return &group;
  return nullptr;
}

bool Grouping::is_aggregate_id(int id) const {
  return std::any_of(aggregates_.begin(), aggregates_.end(),
                     [&](const AggregateUse& use) { return use.id == id; });
}

bool Grouping::depends_on_grouped_key(int id) const {
  auto is_grouped = [&](int key_id) {
    return std::any_of(groups_.begin(), groups_.end(), [&](const Group& group) {
      return joins::column_index(*group.value) == key_id;
    });
  };
  for (const ScopeRelation& relation : scope_.relations()) {
    bool has_column = std::any_of(
        relation.columns.begin(), relation.columns.end(),
        [&](const ScopeColumn& column) { return joins::column_index(*column.value) == id; });
    if (has_column && !relation.primary_key.empty() &&
        std::all_of(relation.primary_key.begin(), relation.primary_key.end(), is_grouped))
      return true;
  }
  return false;
}

SqlResult<ScalarPtr> Grouping::rewrite_column(const ScalarPtr& column,
                                              const std::vector<ColumnUse>& uses) {
  int id = *joins::column_index(*column);
  if (is_aggregate_id(id)) return column;
  if (depends_on_grouped_key(id)) {
    groups_.push_back({column, ids_.allocate()});
    return joins::make_column(groups_.back().id, column->type());
  }
  auto use = std::find_if(uses.begin(), uses.end(), [&](const ColumnUse& u) { return u.id == id; });
  return sql_error(sqlstate::kGroupingError, use == uses.end() ? -1 : use->offset,
                   fmt::format("column \"{}\" must appear in the GROUP BY clause or be used in an "
                               "aggregate function",
                               scope_.name_of(id)));
}

SqlResult<ScalarPtr> Grouping::rewrite(const ScalarPtr& expression,
                                       const std::vector<ColumnUse>& uses) {
  if (const Group* group = find_group(*expression))
    return joins::make_column(group->id, expression->type());
  if (joins::column_index(*expression)) return rewrite_column(expression, uses);
  std::vector<ScalarPtr> children;
  for (const ScalarPtr& child : expression->children()) {
    LEAT_ASSIGN_OR_RETURN(ScalarPtr rewritten, rewrite(child, uses));
    children.push_back(std::move(rewritten));
  }
  return children.empty() ? expression : expression->with_children(std::move(children));
}

Relation Grouping::build(Relation input) && {
  std::vector<ScalarPtr> values;
  for (const Group& group : groups_) values.push_back(group.value);
  for (const AggregateUse& use : aggregates_)
    if (use.argument) values.push_back(use.argument);
  std::vector<int> positions;
  input = extend(std::move(input), values, ids_, &positions);
  joins::Aggregate aggregate;
  Relation output;
  output.plan = std::make_unique<joins::Plan>();
  size_t next = 0;
  for (const Group& group : groups_) {
    aggregate.group_columns.push_back(positions[next++]);
    output.plan->row_type.push_back(group.value->type());
    output.column_ids.push_back(group.id);
  }
  for (const AggregateUse& use : aggregates_) {
    int argument = use.argument ? positions[next++] : -1;
    aggregate.calls.push_back({use.function, argument, use.result_type});
    output.plan->row_type.push_back(use.result_type);
    output.column_ids.push_back(use.id);
  }
  for (size_t i = 0; i < explicit_groups_; ++i)
    output.plan->unique_key.push_back(static_cast<int>(i));
  aggregate.input = std::move(input.plan);
  output.plan->node = std::move(aggregate);
  return output;
}

}  // namespace leat::views::sql

#include "views/sql/relation_builder.h"

#include <utility>

#include "joins/scalar/functions.h"
#include "log/base/check.h"

namespace leat::views::sql {

using joins::PlanPtr;
using joins::ScalarPtr;

ScalarPtr to_positions(const ScalarPtr& expression, const Relation& relation) {
  std::vector<ScalarPtr> by_id;
  for (size_t position = 0; position < relation.column_ids.size(); ++position) {
    size_t id = static_cast<size_t>(relation.column_ids[position]);
    if (by_id.size() <= id) by_id.resize(id + 1);
    by_id[id] = joins::make_column(static_cast<int>(position), relation.plan->row_type[position]);
  }
  joins::visit_columns(*expression, [&](int id) {
    LEAT_CHECK(static_cast<size_t>(id) < by_id.size() && by_id[static_cast<size_t>(id)]);
  });
  return joins::replace_columns(expression, by_id);
}

PlanPtr make_filter(PlanPtr input, ScalarPtr condition) {
  auto plan = std::make_unique<joins::Plan>();
  if (input) {
    plan->row_type = input->row_type;
    plan->unique_key = input->unique_key;
  }
  plan->node = joins::Filter{std::move(input), std::move(condition)};
  return plan;
}

PlanPtr make_map(PlanPtr input, std::vector<ScalarPtr> columns, std::vector<int> unique_key) {
  auto plan = std::make_unique<joins::Plan>();
  for (const ScalarPtr& column : columns) plan->row_type.push_back(column->type());
  plan->unique_key = std::move(unique_key);
  plan->node = joins::Map{std::move(input), std::move(columns)};
  return plan;
}

Relation filter(Relation relation, const std::vector<Conjunct>& conjuncts) {
  if (conjuncts.empty()) return relation;
  std::vector<ScalarPtr> conditions;
  for (const Conjunct& conjunct : conjuncts)
    conditions.push_back(to_positions(conjunct.condition, relation));
  ScalarPtr condition = conditions[0];
  if (conditions.size() > 1) {
    auto all = joins::bind_and(std::move(conditions));
    LEAT_CHECK(all.ok());  // each of them is a condition already
    condition = std::move(all).value();
  }
  relation.plan = make_filter(std::move(relation.plan), std::move(condition));
  return relation;
}

Relation extend(Relation relation, const std::vector<ScalarPtr>& expressions, ColumnIds& ids,
                std::vector<int>* positions) {
  std::vector<ScalarPtr> columns;
  for (size_t i = 0; i < relation.column_ids.size(); ++i)
    columns.push_back(joins::make_column(static_cast<int>(i), relation.plan->row_type[i]));
  const size_t width = columns.size();
  for (const ScalarPtr& expression : expressions) {
    ScalarPtr lowered = to_positions(expression, relation);
    auto existing = joins::column_index(*lowered);
    positions->push_back(existing ? *existing : static_cast<int>(columns.size()));
    if (!existing) columns.push_back(std::move(lowered));
  }
  if (columns.size() == width) return relation;
  for (size_t i = width; i < columns.size(); ++i) relation.column_ids.push_back(ids.allocate());
  std::vector<int> unique_key = relation.plan->unique_key;
  relation.plan = make_map(std::move(relation.plan), std::move(columns), std::move(unique_key));
  return relation;
}

}  // namespace leat::views::sql

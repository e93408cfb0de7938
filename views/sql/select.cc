#include "views/sql/select.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "log/base/arena.h"
#include "log/model/key.h"
#include "views/sql/error.h"
#include "views/sql/from.h"
#include "views/sql/grouping.h"
#include "views/sql/output_name.h"
#include "views/sql/predicate.h"

namespace leat::views::sql {
namespace {

using joins::ScalarPtr;

// An output column, or a value that is only sorted by.
struct Output {
  std::string name;
  ScalarPtr value;  // over ids
  int offset = -1;
};

struct Order {
  size_t output = 0;
  bool descending = false;
  bool nulls_first = false;
};

class SelectPlanner {
 public:
  SelectPlanner(const ast::Select& select, Context& context, From from)
      : select_(select),
        context_(context),
        from_(std::move(from)),
        binder_(from_.scope, context.parameters, context.ids) {}

  SqlResult<QueryPlan> plan();

 private:
  SqlStatus bind_targets();
  SqlStatus bind_group_by();
  SqlStatus bind_having();
  SqlStatus bind_order_by();
  SqlResult<size_t> order_output(const ast::OrderItem& item);
  SqlResult<ScalarPtr> group_value(const ast::ExprPtr& expr);
  SqlResult<std::optional<size_t>> output_by_number(const ast::Expr& expr, std::string_view clause);
  SqlResult<std::optional<size_t>> output_by_name(const ast::Expr& expr, std::string_view clause);

  bool is_grouped() const;
  SqlResult<Relation> group(Relation relation);
  SqlResult<Relation> distinct(Relation relation);
  SqlStatus rewrite_outputs(Grouping* grouping);
  RelationPlan project(Relation relation) const;
  SqlResult<QueryPlan> finish(Relation relation);
  SqlResult<std::optional<int64_t>> row_count(const ast::ExprPtr& expr, const char* clause,
                                              const char* negative_state);

  const ast::Select& select_;
  Context& context_;
  From from_;
  Binder binder_;
  std::vector<Output> outputs_;  // the visible ones first
  size_t visible_ = 0;
  std::vector<ScalarPtr> group_by_;
  std::vector<ScalarPtr> having_;
  std::vector<Order> order_by_;
};

// --- Binding the clauses
// -----------------------------------------------------------------------------

SqlStatus SelectPlanner::bind_targets() {
  for (const ast::Target& target : select_.targets) {
    if (!target.value) {
      LEAT_ASSIGN_OR_RETURN(auto columns,
                            from_.scope.expand_star(target.star_qualifier, target.offset));
      for (ScopeColumn& column : columns)
        outputs_.push_back({column.name, std::move(column.value), target.offset});
      continue;
    }
    LEAT_ASSIGN_OR_RETURN(ScalarPtr value, binder_.bind_value(target.value));
    outputs_.push_back({target.name.empty() ? output_name(*target.value) : target.name,
                        std::move(value), target.offset});
  }
  visible_ = outputs_.size();
  if (visible_ == 0) return not_supported(select_.offset, "a SELECT without columns");
  return {};
}

// ORDER BY 2.
SqlResult<std::optional<size_t>> SelectPlanner::output_by_number(const ast::Expr& expr,
                                                                 std::string_view clause) {
  const auto* literal = std::get_if<ast::Literal>(&expr.node);
  if (!literal) return std::optional<size_t>();
  if (literal->kind != ast::LiteralKind::integer)
    return sql_error(sqlstate::kSyntaxError, expr.offset,
                     fmt::format("non-integer constant in {}", clause));
  int64_t number = std::stoll(literal->text);
  if (number < 1 || number > static_cast<int64_t>(visible_))
    return sql_error(sqlstate::kInvalidColumnReference, expr.offset,
                     fmt::format("{} position {} is not in select list", clause, number));
  return std::optional<size_t>(static_cast<size_t>(number - 1));
}

// ORDER BY total, where total is the name of an output column.
SqlResult<std::optional<size_t>> SelectPlanner::output_by_name(const ast::Expr& expr,
                                                               std::string_view clause) {
  const auto* column = std::get_if<ast::ColumnRef>(&expr.node);
  std::optional<size_t> found;
  if (!column || column->path.size() != 1) return found;
  for (size_t i = 0; i < visible_; ++i) {
    if (outputs_[i].name != column->path[0]) continue;
    if (found && !joins::same_expression(*outputs_[*found].value, *outputs_[i].value))
      return sql_error(sqlstate::kAmbiguousColumn, expr.offset,
                       fmt::format("{} \"{}\" is ambiguous", clause, column->path[0]));
    if (!found) found = i;
  }
  return found;
}

// A name in GROUP BY is a column of FROM first, then one of the output.
SqlResult<ScalarPtr> SelectPlanner::group_value(const ast::ExprPtr& expr) {
  LEAT_ASSIGN_OR_RETURN(auto output, output_by_number(*expr, "GROUP BY"));
  if (output) return outputs_[*output].value;
  Binder binder(from_.scope, context_.parameters, context_.ids);
  binder.forbid_aggregates("GROUP BY");
  SqlResult<ScalarPtr> value = binder.bind_value(expr);
  if (value.ok() || value.error().sqlstate != sqlstate::kUndefinedColumn) return value;
  LEAT_ASSIGN_OR_RETURN(output, output_by_name(*expr, "GROUP BY"));
  if (output) return outputs_[*output].value;
  return value;
}

SqlStatus SelectPlanner::bind_group_by() {
  for (const ast::ExprPtr& expr : select_.group_by) {
    LEAT_ASSIGN_OR_RETURN(ScalarPtr value, group_value(expr));
    for (int id : columns_of(*value))
      for (const AggregateUse& use : binder_.aggregates())
        if (use.id == id)
          return sql_error(sqlstate::kGroupingError, use.offset,
                           "aggregate functions are not allowed in GROUP BY");
    if (!type_can_be_key(value->type().id))
      return sql_error(sqlstate::kUndefinedFunction, expr->offset,
                       fmt::format("could not identify an equality operator for type {}",
                                   type_name(value->type().id)));
    group_by_.push_back(std::move(value));
  }
  return {};
}

SqlStatus SelectPlanner::bind_having() {
  if (!select_.having) return {};
  LEAT_ASSIGN_OR_RETURN(ScalarPtr condition, binder_.bind_condition(select_.having, "HAVING"));
  having_ = split_conjunction(condition);
  return {};
}

// The output that ITEM sorts by: a visible one, or one that is added behind them.
SqlResult<size_t> SelectPlanner::order_output(const ast::OrderItem& item) {
  LEAT_ASSIGN_OR_RETURN(auto output, output_by_number(*item.value, "ORDER BY"));
  if (!output) {
    LEAT_ASSIGN_OR_RETURN(output, output_by_name(*item.value, "ORDER BY"));
  }
  if (output) return *output;
  LEAT_ASSIGN_OR_RETURN(ScalarPtr value, binder_.bind_value(item.value));
  for (size_t i = 0; i < outputs_.size(); ++i)
    if (joins::same_expression(*outputs_[i].value, *value)) return i;
  if (select_.distinct)
    return sql_error(sqlstate::kInvalidColumnReference, item.value->offset,
                     "for SELECT DISTINCT, ORDER BY expressions must appear in select list");
  outputs_.push_back({"", std::move(value), item.value->offset});
  return outputs_.size() - 1;
}

SqlStatus check_has_order(TypeId type, int offset) {
  if (type == TypeId::json) {
    return sql_error(sqlstate::kUndefinedFunction, offset,
                     "could not identify an ordering operator for type json",
                     "Use an explicit ordering operator or modify the query.");
  }
  if (type == TypeId::jsonb) {
    return sql_error(sqlstate::kNotSupported, offset, "the order of jsonb is not supported",
                     "Order by a value in it, cast to its type: (j ->> 'n')::numeric");
  }
  return {};
}

SqlStatus SelectPlanner::bind_order_by() {
  for (const ast::OrderItem& item : select_.order_by) {
    LEAT_ASSIGN_OR_RETURN(size_t output, order_output(item));
    LEAT_RETURN_IF_ERROR(check_has_order(outputs_[output].value->type().id, item.value->offset));
    order_by_.push_back({output, item.descending, item.nulls_first.value_or(item.descending)});
  }
  return {};
}

// --- The plan
// ------------------------------------------------------------------------------------------

bool SelectPlanner::is_grouped() const {
  return !group_by_.empty() || !having_.empty() || !binder_.aggregates().empty();
}

SqlStatus SelectPlanner::rewrite_outputs(Grouping* grouping) {
  for (Output& output : outputs_) {
    LEAT_ASSIGN_OR_RETURN(output.value, grouping->rewrite(output.value, binder_.column_uses()));
  }
  return {};
}

SqlResult<Relation> SelectPlanner::group(Relation relation) {
  Grouping grouping(group_by_, binder_.aggregates(), from_.scope, context_.ids);
  LEAT_RETURN_IF_ERROR(rewrite_outputs(&grouping));
  std::vector<Conjunct> having;
  for (const ScalarPtr& condition : having_) {
    LEAT_ASSIGN_OR_RETURN(ScalarPtr rewritten, grouping.rewrite(condition, binder_.column_uses()));
    having.push_back({std::move(rewritten), -1});
  }
  return filter(std::move(grouping).build(std::move(relation)), having);
}

// DISTINCT groups by all columns.
SqlResult<Relation> SelectPlanner::distinct(Relation relation) {
  std::vector<ScalarPtr> values;
  for (const Output& output : outputs_) {
    if (!type_can_be_key(output.value->type().id))
      return sql_error(sqlstate::kUndefinedFunction, output.offset,
                       fmt::format("could not identify an equality operator for type {}",
                                   type_name(output.value->type().id)));
    values.push_back(output.value);
  }
  Grouping grouping(std::move(values), {}, from_.scope, context_.ids);
  LEAT_RETURN_IF_ERROR(rewrite_outputs(&grouping));
  return std::move(grouping).build(std::move(relation));
}

// The outputs, then what the unique key needs and they do not have.
RelationPlan SelectPlanner::project(Relation relation) const {
  RelationPlan result;
  std::vector<ScalarPtr> columns;
  for (const Output& output : outputs_) columns.push_back(to_positions(output.value, relation));
  for (size_t i = 0; i < visible_; ++i)
    result.columns.push_back({outputs_[i].name, columns[i]->type()});
  std::vector<int> unique_key;
  for (int position : relation.plan ? relation.plan->unique_key : std::vector<int>()) {
    auto is_key = [&](const ScalarPtr& column) { return joins::column_index(*column) == position; };
    auto found = std::find_if(columns.begin(), columns.end(), is_key);
    unique_key.push_back(static_cast<int>(found - columns.begin()));
    if (found == columns.end())
      columns.push_back(
          joins::make_column(position, relation.plan->row_type[static_cast<size_t>(position)]));
  }
  result.plan = make_map(std::move(relation.plan), std::move(columns), std::move(unique_key));
  return result;
}

// LIMIT's and OFFSET's constant; none for NULL.
SqlResult<std::optional<int64_t>> SelectPlanner::row_count(const ast::ExprPtr& expr,
                                                           const char* clause,
                                                           const char* negative_state) {
  if (!expr) return std::optional<int64_t>();
  Scope no_names;
  Binder binder(no_names, context_.parameters, context_.ids);
  binder.forbid_aggregates(clause);
  SqlResult<ScalarPtr> value = binder.bind(expr);
  if (!value.ok() && value.error().sqlstate == sqlstate::kUndefinedColumn)
    return sql_error(sqlstate::kInvalidColumnReference, value.error().offset,
                     fmt::format("argument of {} must not contain variables", clause));
  if (!value.ok()) return value.error();
  auto number = joins::bind_cast(std::move(value).value(), Type{TypeId::int64},
                                 joins::CastContext::assignment);
  if (!number.ok())
    return SqlError{number.error().message, number.error().sqlstate, number.error().hint,
                    expr->offset};
  Arena arena;
  joins::ScalarResult count = (*number)->evaluate({}, arena);
  if (!count.ok()) return SqlError{count.error().message, count.error().sqlstate, "", expr->offset};
  if (count->is_null()) return std::optional<int64_t>();
  if (count->integer() < 0)
    return sql_error(negative_state, -1, fmt::format("{} must not be negative", clause));
  return std::optional<int64_t>(count->integer());
}

SqlResult<QueryPlan> SelectPlanner::finish(Relation relation) {
  QueryPlan plan;
  plan.relation = project(std::move(relation));
  for (const Order& order : order_by_)
    plan.order_by.push_back({static_cast<int>(order.output), order.descending, order.nulls_first});
  LEAT_ASSIGN_OR_RETURN(plan.limit, row_count(select_.limit, "LIMIT", "2201W"));
  LEAT_ASSIGN_OR_RETURN(auto offset, row_count(select_.offset_rows, "OFFSET", "2201X"));
  plan.offset = offset.value_or(0);
  return plan;
}

SqlResult<QueryPlan> SelectPlanner::plan() {
  LEAT_RETURN_IF_ERROR(bind_targets());
  LEAT_ASSIGN_OR_RETURN(std::vector<Conjunct> where,
                        bind_conjuncts(select_.where, from_.scope, context_, "WHERE"));
  LEAT_RETURN_IF_ERROR(bind_having());
  LEAT_RETURN_IF_ERROR(bind_order_by());
  LEAT_RETURN_IF_ERROR(bind_group_by());
  if (!from_.tree && (is_grouped() || select_.distinct))
    return not_supported(select_.offset, "grouping without FROM");
  if (!from_.tree) return finish(filter(Relation(), where));
  LEAT_ASSIGN_OR_RETURN(Relation relation,
                        plan_joins(std::move(from_.tree), std::move(where), context_.ids));
  if (is_grouped()) {
    LEAT_ASSIGN_OR_RETURN(relation, group(std::move(relation)));
  }
  if (select_.distinct) {
    LEAT_ASSIGN_OR_RETURN(relation, distinct(std::move(relation)));
  }
  return finish(std::move(relation));
}

SqlStatus check_place(const ast::Select& select, SelectPlace place) {
  if (place == SelectPlace::outermost_of_query) return {};
  const char* where = place == SelectPlace::subquery ? "a subquery" : "a view";
  if (select.limit || select.offset_rows) {
    const ast::ExprPtr& first = select.limit ? select.limit : select.offset_rows;
    return not_supported(first->offset, fmt::format("LIMIT or OFFSET in {}", where),
                         "use it in the query that reads the view");
  }
  if (!select.order_by.empty())
    return not_supported(
        select.order_by[0].value->offset, fmt::format("ORDER BY in {}", where),
        "a relation's rows have no order; use it in the query that reads the view");
  if (select.from.empty())
    return not_supported(select.offset, fmt::format("{} without FROM", where));
  return {};
}

}  // namespace

SqlResult<QueryPlan> plan_select(const ast::Select& select, Context& context,
                                 const CommonTableScope* common_tables, SelectPlace place) {
  LEAT_RETURN_IF_ERROR(check_place(select, place));
  std::vector<std::unique_ptr<CommonTableScope>> own_tables;
  for (const ast::CommonTable& table : select.with) {
    own_tables.push_back(
        std::make_unique<CommonTableScope>(CommonTableScope{table, common_tables}));
    common_tables = own_tables.back().get();
  }
  LEAT_ASSIGN_OR_RETURN(From from, bind_from(select.from, context, common_tables));
  return SelectPlanner(select, context, std::move(from)).plan();
}

}  // namespace leat::views::sql

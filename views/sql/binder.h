// Syntax trees of expressions to typed Scalars over column ids (scope.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "joins/plan.h"
#include "joins/scalar/functions.h"
#include "views/sql/ast.h"
#include "views/sql/error.h"
#include "views/sql/parameters.h"
#include "views/sql/scope.h"

namespace leat::views::sql {

// Gives out column ids, each once in a statement.
class ColumnIds {
 public:
  int allocate() { return next_++; }
  int count() const { return next_; }

 private:
  int next_ = 0;
};

// An aggregate that a SELECT uses: in expressions it is the column ID.
struct AggregateUse {
  joins::AggregateFunction function = joins::AggregateFunction::count_rows;
  joins::ScalarPtr argument;  // null: count(*)
  Type result_type{TypeId::int64};
  int id = 0;
  int offset = -1;  // of its first use
};

// A column that stands outside of all aggregates, and where.
struct ColumnUse {
  int id = 0;
  int offset = -1;
};

// Binds the expressions of one SELECT. What aggregates it meets it notes.
class Binder {
 public:
  Binder(const Scope& scope, Parameters& parameters, ColumnIds& ids)
      : scope_(scope), parameters_(parameters), ids_(ids) {}

  // From now on aggregates are refused, as "not allowed in CLAUSE" (a literal).
  void forbid_aggregates(std::string_view clause) { clause_without_aggregates_ = clause; }

  // May hold aggregates. Untyped literals stay untyped.
  SqlResult<joins::ScalarPtr> bind(const ast::ExprPtr& expr);
  // A value of a type of its own; an untyped literal becomes text.
  SqlResult<joins::ScalarPtr> bind_value(const ast::ExprPtr& expr);
  // A boolean. CLAUSE is for the error: "WHERE".
  SqlResult<joins::ScalarPtr> bind_condition(const ast::ExprPtr& expr, std::string_view clause);

  const std::vector<AggregateUse>& aggregates() const { return aggregates_; }
  const std::vector<ColumnUse>& column_uses() const { return column_uses_; }

 private:
  using Bound = SqlResult<joins::ScalarPtr>;
  using BoundList = SqlResult<std::vector<joins::ScalarPtr>>;

  BoundList bind_list(const std::vector<ast::ExprPtr>& exprs);
  Bound bind_node(const ast::ColumnRef& node, int offset);
  Bound bind_node(const ast::Literal& node, int offset);
  Bound bind_node(const ast::ParameterRef& node, int offset);
  Bound bind_node(const ast::Call& node, int offset);
  Bound bind_node(const ast::Operator& node, int offset);
  Bound bind_node(const ast::Logical& node, int offset);
  Bound bind_node(const ast::NullTest& node, int offset);
  Bound bind_node(const ast::BooleanTest& node, int offset);
  Bound bind_node(const ast::Cast& node, int offset);
  Bound bind_node(const ast::Case& node, int offset);
  Bound bind_node(const ast::Variadic& node, int offset);
  Bound bind_node(const ast::NullIf& node, int offset);
  Bound bind_node(const ast::InList& node, int offset);
  Bound bind_node(const ast::Between& node, int offset);
  Bound bind_node(const ast::Like& node, int offset);
  Bound bind_node(const ast::DistinctFrom& node, int offset);

  Bound bind_when(const ast::Case& node, const ast::CaseWhen& when);
  Bound bind_aggregate(const ast::Call& call, int offset);
  Bound refuse_arguments(const ast::Call& call, int offset);
  Bound bind_aggregate_argument(const ast::Call& call, int offset);
  Bound bind_filtered(const ast::Call& call, joins::ScalarPtr argument, int offset);
  joins::ScalarPtr note_aggregate(AggregateUse use);

  const Scope& scope_;
  Parameters& parameters_;
  ColumnIds& ids_;
  std::vector<AggregateUse> aggregates_;
  std::vector<ColumnUse> column_uses_;
  std::string_view clause_without_aggregates_;
  bool inside_aggregate_ = false;
};

}  // namespace leat::views::sql

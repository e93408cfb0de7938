#include "views/sql/binder.h"

#include <spdlog/fmt/fmt.h>

#include "joins/scalar/expression.h"
#include "log/base/arena.h"
#include "log/model/text_format.h"
#include "views/sql/aggregates.h"
#include "views/sql/types.h"

namespace leat::views::sql {
namespace {

using joins::ScalarPtr;
using Bound = SqlResult<ScalarPtr>;

template <class T>
SqlResult<T> at(int offset, joins::BindResult<T> result) {
  if (result.ok()) return std::move(result).value();
  const joins::BindError& error = result.error();
  return SqlError{error.message, error.sqlstate, error.hint, offset};
}

bool is_literal_in(const ast::ExprPtr& expr, const std::string& message) {
  const auto* literal = expr ? std::get_if<ast::Literal>(&expr->node) : nullptr;
  return literal && literal->kind == ast::LiteralKind::string &&
         message.find('"' + literal->text + '"') != std::string::npos;
}

// Class 22: a value that is none of its type. PostgreSQL points at the literal among the operands.
bool is_data_error(const joins::BindError& error) {
  return error.sqlstate.rfind("22", 0) == 0;
}

using Operands = std::initializer_list<ast::ExprPtr>;

template <class List>
Bound at(int offset, joins::BindResult<ScalarPtr> result, const List& operands) {
  if (!result.ok() && is_data_error(result.error()))
    for (const ast::ExprPtr& operand : operands)
      if (is_literal_in(operand, result.error().message)) {
        offset = operand->offset;
        break;
      }
  return at(offset, std::move(result));
}

// The first of OPERANDS that has no common type with those before it: where PostgreSQL points.
int mismatch_offset(const std::vector<ScalarPtr>& values, const std::vector<int>& offsets,
                    int otherwise) {
  for (size_t count = 2; count <= values.size(); ++count)
    if (!joins::bind_common_type({values.begin(), values.begin() + static_cast<int>(count)}, "")
             .ok())
      return offsets[count - 1];
  return otherwise;
}

// A number as the parser's lexer sees it: integer where it fits, else bigint, else numeric.
Bound number(const std::string& text, int offset) {
  for (TypeId id : {TypeId::int32, TypeId::int64, TypeId::numeric}) {
    Arena arena;
    auto value = parse_value(id, text, arena);
    if (value.ok()) return joins::make_constant(Type{id}, *value);
    if (id == TypeId::numeric)
      return sql_error(value.error().sqlstate, offset, value.error().message);
  }
  return sql_error(sqlstate::kSyntaxError, offset, "this is no number");
}

// Functions whose value changes though no row does.
bool is_volatile(std::string_view name) {
  constexpr std::string_view kNames[] = {"now",
                                         "clock_timestamp",
                                         "statement_timestamp",
                                         "transaction_timestamp",
                                         "timeofday",
                                         "random",
                                         "gen_random_uuid",
                                         "uuid_generate_v4",
                                         "nextval",
                                         "currval",
                                         "lastval",
                                         "setval",
                                         "txid_current",
                                         "pg_current_xact_id",
                                         "version",
                                         "pg_sleep"};
  for (std::string_view known : kNames)
    if (known == name) return true;
  return false;
}

// *, DISTINCT and FILTER belong to aggregates.
SqlStatus check_plain_call(const ast::Call& call, int offset) {
  if (call.star)
    return sql_error(sqlstate::kUndefinedFunction, offset,
                     fmt::format("function {}() does not exist", call.function));
  if (call.distinct || call.filter)
    return sql_error("42809", offset,
                     fmt::format("{} specified, but {} is not an aggregate function",
                                 call.distinct ? "DISTINCT" : "FILTER", call.function));
  return {};
}

}  // namespace

Bound Binder::bind(const ast::ExprPtr& expr) {
  return std::visit([&](const auto& node) { return bind_node(node, expr->offset); }, expr->node);
}

Bound Binder::bind_value(const ast::ExprPtr& expr) {
  LEAT_ASSIGN_OR_RETURN(ScalarPtr value, bind(expr));
  return at(expr->offset, joins::bind_default(std::move(value)));
}

Bound Binder::bind_condition(const ast::ExprPtr& expr, std::string_view clause) {
  LEAT_ASSIGN_OR_RETURN(ScalarPtr condition, bind(expr));
  return at(expr->offset, joins::bind_condition(std::move(condition), clause));
}

Binder::BoundList Binder::bind_list(const std::vector<ast::ExprPtr>& exprs) {
  std::vector<ScalarPtr> list;
  list.reserve(exprs.size());
  for (const ast::ExprPtr& expr : exprs) {
    LEAT_ASSIGN_OR_RETURN(ScalarPtr item, bind(expr));
    list.push_back(std::move(item));
  }
  return list;
}

// --- Leaves --------------------------------------------------------------------------------------

Bound Binder::bind_node(const ast::ColumnRef& node, int offset) {
  LEAT_ASSIGN_OR_RETURN(ScalarPtr value, scope_.resolve(node.path, offset));
  if (!inside_aggregate_)
    joins::visit_columns(*value, [&](int id) { column_uses_.push_back({id, offset}); });
  return value;
}

Bound Binder::bind_node(const ast::Literal& node, int offset) {
  switch (node.kind) {
    case ast::LiteralKind::null:
      return joins::make_untyped(std::nullopt);
    case ast::LiteralKind::string:
      return joins::make_untyped(node.text);
    case ast::LiteralKind::boolean:
      return joins::make_constant(Type{TypeId::boolean}, Datum::of_bool(node.text == "true"));
    default:
      return number(node.text, offset);
  }
}

Bound Binder::bind_node(const ast::ParameterRef& node, int offset) {
  return parameters_.bind(node.number, offset);
}

// --- Calls ---------------------------------------------------------------------------------------

Bound Binder::bind_node(const ast::Call& node, int offset) {
  if (is_aggregate(node.function)) return bind_aggregate(node, offset);
  if (is_volatile(node.function))
    return not_supported(
        offset, fmt::format("function {}", node.function),
        "its value changes by itself; a view's rows may depend on its tables only");
  LEAT_RETURN_IF_ERROR(check_plain_call(node, offset));
  LEAT_ASSIGN_OR_RETURN(std::vector<ScalarPtr> arguments, bind_list(node.arguments));
  return at(offset, joins::bind_function(node.function, std::move(arguments)), node.arguments);
}

Bound Binder::bind_aggregate(const ast::Call& call, int offset) {
  if (!clause_without_aggregates_.empty())
    return sql_error(
        sqlstate::kGroupingError, offset,
        fmt::format("aggregate functions are not allowed in {}", clause_without_aggregates_));
  if (inside_aggregate_)
    return sql_error(sqlstate::kGroupingError, offset, "aggregate function calls cannot be nested");
  if (call.distinct)
    return not_supported(offset, fmt::format("{}(DISTINCT …)", call.function),
                         "group a subquery with SELECT DISTINCT instead");
  if (call.star != call.arguments.empty() || (call.star && call.function != "count"))
    return sql_error(sqlstate::kUndefinedFunction, offset,
                     fmt::format("{0}(*) must be used to call a parameterless aggregate function",
                                 call.function));
  if (call.arguments.size() > 1) return refuse_arguments(call, offset);
  LEAT_ASSIGN_OR_RETURN(ScalarPtr argument, bind_aggregate_argument(call, offset));
  if (!argument) return note_aggregate({{}, nullptr, Type{TypeId::int64}, 0, offset});
  LEAT_ASSIGN_OR_RETURN(auto choice,
                        at(offset, choose_aggregate(call.function, std::move(argument))));
  return note_aggregate({choice.function, choice.argument, choice.result_type, 0, offset});
}

// The aggregates that there are have one argument.
Bound Binder::refuse_arguments(const ast::Call& call, int offset) {
  if (!is_supported_aggregate(call.function))
    return not_supported(offset, fmt::format("aggregate function {}", call.function));
  LEAT_ASSIGN_OR_RETURN(std::vector<ScalarPtr> arguments, bind_list(call.arguments));
  std::string types;
  for (const ScalarPtr& argument : arguments)
    types += fmt::format("{}{}", types.empty() ? "" : ", ",
                         joins::is_untyped(*argument) ? "unknown" : type_name(argument->type().id));
  return sql_error(sqlstate::kUndefinedFunction, offset,
                   fmt::format("function {}({}) does not exist", call.function, types));
}

// Null for count(*).
Bound Binder::bind_aggregate_argument(const ast::Call& call, int offset) {
  inside_aggregate_ = true;
  Bound argument = call.star ? Bound(ScalarPtr()) : bind(call.arguments[0]);
  if (argument.ok() && call.filter)
    argument = bind_filtered(call, std::move(argument).value(), offset);
  inside_aggregate_ = false;
  return argument;
}

// Aggregates do not see NULLs: FILTER (WHERE c) is CASE WHEN c THEN argument END.
Bound Binder::bind_filtered(const ast::Call& call, ScalarPtr argument, int offset) {
  LEAT_ASSIGN_OR_RETURN(ScalarPtr condition, bind_condition(call.filter, "FILTER"));
  if (!argument) argument = joins::make_constant(Type{TypeId::int32}, Datum::of_int(1));
  std::vector<joins::CaseBranch> branches = {{std::move(condition), std::move(argument)}};
  return at(offset, joins::bind_case(nullptr, std::move(branches), nullptr));
}

// Equal aggregates are computed once.
ScalarPtr Binder::note_aggregate(AggregateUse use) {
  for (const AggregateUse& known : aggregates_) {
    bool same_argument = known.argument && use.argument
                             ? joins::same_expression(*known.argument, *use.argument)
                             : known.argument == use.argument;
    if (known.function == use.function && same_argument)
      return joins::make_column(known.id, known.result_type);
  }
  use.id = ids_.allocate();
  aggregates_.push_back(use);
  return joins::make_column(use.id, use.result_type);
}

// --- Operators -----------------------------------------------------------------------------------

Bound Binder::bind_node(const ast::Operator& node, int offset) {
  std::vector<ScalarPtr> operands;
  if (node.left) {
    LEAT_ASSIGN_OR_RETURN(ScalarPtr left, bind(node.left));
    operands.push_back(std::move(left));
  }
  LEAT_ASSIGN_OR_RETURN(ScalarPtr right, bind(node.right));
  operands.push_back(std::move(right));
  return at(offset, joins::bind_operator(node.name, std::move(operands)),
            Operands{node.left, node.right});
}

Bound Binder::bind_node(const ast::Logical& node, int offset) {
  const char* name = node.kind == ast::LogicalKind::all_of   ? "AND"
                     : node.kind == ast::LogicalKind::any_of ? "OR"
                                                             : "NOT";
  std::vector<ScalarPtr> operands;
  for (const ast::ExprPtr& argument : node.arguments) {
    LEAT_ASSIGN_OR_RETURN(ScalarPtr operand, bind_condition(argument, name));
    operands.push_back(std::move(operand));
  }
  switch (node.kind) {
    case ast::LogicalKind::all_of:
      return at(offset, joins::bind_and(std::move(operands)));
    case ast::LogicalKind::any_of:
      return at(offset, joins::bind_or(std::move(operands)));
    default:
      return at(offset, joins::bind_not(std::move(operands[0])));
  }
}

Bound Binder::bind_node(const ast::NullTest& node, int offset) {
  LEAT_ASSIGN_OR_RETURN(ScalarPtr argument, bind(node.argument));
  return at(offset, joins::bind_is_null(std::move(argument), node.negated));
}

Bound Binder::bind_node(const ast::BooleanTest& node, int offset) {
  LEAT_ASSIGN_OR_RETURN(ScalarPtr argument, bind(node.argument));
  auto test = joins::TruthTest::is_unknown;
  if (node.value) test = *node.value ? joins::TruthTest::is_true : joins::TruthTest::is_false;
  return at(offset, joins::bind_truth_test(std::move(argument), test, node.negated));
}

Bound Binder::bind_node(const ast::Cast& node, int offset) {
  LEAT_ASSIGN_OR_RETURN(Type type, resolve_type(node.type));
  LEAT_ASSIGN_OR_RETURN(ScalarPtr argument, bind(node.argument));
  return at(offset, joins::bind_cast(std::move(argument), type, joins::CastContext::explicit_cast),
            Operands{node.argument});
}

// WHEN's conditions, or the values that CASE's operand is compared with.
Bound Binder::bind_when(const ast::Case& node, const ast::CaseWhen& when) {
  return node.operand ? bind(when.condition) : bind_condition(when.condition, "CASE/WHEN");
}

Bound Binder::bind_node(const ast::Case& node, int offset) {
  ScalarPtr operand, otherwise;
  std::vector<ScalarPtr> results;  // in the order in which PostgreSQL looks for their type
  std::vector<int> offsets;
  if (node.operand) {
    LEAT_ASSIGN_OR_RETURN(operand, bind(node.operand));
  }
  if (node.otherwise) {
    LEAT_ASSIGN_OR_RETURN(otherwise, bind(node.otherwise));
    results.push_back(otherwise);
    offsets.push_back(node.otherwise->offset);
  }
  std::vector<joins::CaseBranch> branches;
  for (const ast::CaseWhen& when : node.whens) {
    LEAT_ASSIGN_OR_RETURN(ScalarPtr condition, bind_when(node, when));
    LEAT_ASSIGN_OR_RETURN(ScalarPtr result, bind(when.result));
    results.push_back(result);
    offsets.push_back(when.result->offset);
    branches.push_back({std::move(condition), std::move(result)});
  }
  return at(mismatch_offset(results, offsets, offset),
            joins::bind_case(std::move(operand), std::move(branches), std::move(otherwise)));
}

Bound Binder::bind_node(const ast::Variadic& node, int offset) {
  LEAT_ASSIGN_OR_RETURN(std::vector<ScalarPtr> arguments, bind_list(node.arguments));
  std::vector<int> offsets;
  for (const ast::ExprPtr& argument : node.arguments) offsets.push_back(argument->offset);
  const int place = mismatch_offset(arguments, offsets, offset);
  switch (node.kind) {
    case ast::VariadicKind::coalesce:
      return at(place, joins::bind_coalesce(std::move(arguments)), node.arguments);
    case ast::VariadicKind::greatest:
      return at(place, joins::bind_greatest(std::move(arguments)), node.arguments);
    default:
      return at(place, joins::bind_least(std::move(arguments)), node.arguments);
  }
}

Bound Binder::bind_node(const ast::NullIf& node, int offset) {
  LEAT_ASSIGN_OR_RETURN(ScalarPtr left, bind(node.left));
  LEAT_ASSIGN_OR_RETURN(ScalarPtr right, bind(node.right));
  return at(offset, joins::bind_nullif(std::move(left), std::move(right)),
            Operands{node.left, node.right});
}

Bound Binder::bind_node(const ast::InList& node, int offset) {
  LEAT_ASSIGN_OR_RETURN(ScalarPtr argument, bind(node.argument));
  LEAT_ASSIGN_OR_RETURN(std::vector<ScalarPtr> items, bind_list(node.items));
  return at(offset, joins::bind_in(std::move(argument), std::move(items), node.negated),
            node.items);
}

Bound Binder::bind_node(const ast::Between& node, int offset) {
  LEAT_ASSIGN_OR_RETURN(ScalarPtr argument, bind(node.argument));
  LEAT_ASSIGN_OR_RETURN(ScalarPtr low, bind(node.low));
  LEAT_ASSIGN_OR_RETURN(ScalarPtr high, bind(node.high));
  return at(offset,
            joins::bind_between(std::move(argument), std::move(low), std::move(high), node.negated),
            Operands{node.argument, node.low, node.high});
}

Bound Binder::bind_node(const ast::Like& node, int offset) {
  LEAT_ASSIGN_OR_RETURN(ScalarPtr argument, bind(node.argument));
  LEAT_ASSIGN_OR_RETURN(ScalarPtr pattern, bind(node.pattern));
  ScalarPtr escape;
  if (node.escape) {
    LEAT_ASSIGN_OR_RETURN(escape, bind(node.escape));
  }
  return at(offset, joins::bind_like(std::move(argument), std::move(pattern), std::move(escape),
                                     node.case_insensitive, node.negated));
}

Bound Binder::bind_node(const ast::DistinctFrom& node, int offset) {
  LEAT_ASSIGN_OR_RETURN(ScalarPtr left, bind(node.left));
  LEAT_ASSIGN_OR_RETURN(ScalarPtr right, bind(node.right));
  return at(offset, joins::bind_distinct(std::move(left), std::move(right), node.negated),
            Operands{node.left, node.right});
}

}  // namespace leat::views::sql

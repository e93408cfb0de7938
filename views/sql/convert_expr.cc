#include <pg_query/pg_query.pb-c.h>

#include <utility>

#include "views/sql/pg_tree.h"

namespace leat::views::sql {
namespace {

using ast::ExprPtr;

ExprPtr make(int offset, decltype(ast::Expr::node) node) {
  return std::make_shared<const ast::Expr>(ast::Expr{std::move(node), offset});
}

SqlResult<std::vector<ExprPtr>> convert_list(PgQuery__Node* const* nodes, size_t count) {
  std::vector<ExprPtr> result;
  result.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    LEAT_ASSIGN_OR_RETURN(ExprPtr item, convert_expr(nodes[i]));
    result.push_back(std::move(item));
  }
  return result;
}

SqlResult<ExprPtr> convert_constant(const PgQuery__AConst& constant) {
  using ast::LiteralKind;
  int offset = constant.location;
  if (constant.isnull) return make(offset, ast::Literal{LiteralKind::null, ""});
  switch (constant.val_case) {
    case PG_QUERY__A__CONST__VAL_IVAL:
      return make(offset, ast::Literal{LiteralKind::integer, std::to_string(constant.ival->ival)});
    case PG_QUERY__A__CONST__VAL_FVAL:
      return make(offset, ast::Literal{LiteralKind::decimal, constant.fval->fval});
    case PG_QUERY__A__CONST__VAL_BOOLVAL:
      return make(offset,
                  ast::Literal{LiteralKind::boolean, constant.boolval->boolval ? "true" : "false"});
    case PG_QUERY__A__CONST__VAL_SVAL:
      return make(offset, ast::Literal{LiteralKind::string, constant.sval->sval});
    default:
      return not_supported(offset, "a bit string");
  }
}

SqlResult<ExprPtr> convert_column(const PgQuery__ColumnRef& column) {
  if (column.fields[column.n_fields - 1]->node_case == PG_QUERY__NODE__NODE_A_STAR)
    return not_supported(column.location, "a whole row as a value", "name its columns");
  return make(column.location, ast::ColumnRef{convert_names(column.fields, column.n_fields)});
}

SqlResult<ast::TypeName> convert_type(const PgQuery__TypeName& type) {
  if (type.setof || type.pct_type) return not_supported(type.location, "SETOF and %TYPE");
  std::vector<std::string> names = convert_names(type.names, type.n_names);
  if (names.size() > 2 || (names.size() == 2 && names[0] != "pg_catalog"))
    return not_supported(type.location, "a type outside of pg_catalog");
  ast::TypeName result;
  result.name = names.back();
  result.is_array = type.n_array_bounds > 0;
  result.offset = type.location;
  for (size_t i = 0; i < type.n_typmods; ++i) {
    const PgQuery__Node& modifier = *type.typmods[i];
    if (modifier.node_case != PG_QUERY__NODE__NODE_A_CONST ||
        modifier.a_const->val_case != PG_QUERY__A__CONST__VAL_IVAL)
      return sql_error("22023", type.location, "type modifiers must be simple constants");
    result.modifiers.push_back(modifier.a_const->ival->ival);
  }
  return result;
}

SqlResult<ExprPtr> convert_cast(const PgQuery__TypeCast& cast) {
  LEAT_ASSIGN_OR_RETURN(ExprPtr argument, convert_expr(cast.arg));
  LEAT_ASSIGN_OR_RETURN(ast::TypeName type, convert_type(*cast.type_name));
  // date '2026-01-01' has no place of its own.
  int offset = cast.location >= 0 ? cast.location : type.offset;
  return make(offset, ast::Cast{std::move(argument), std::move(type)});
}

SqlResult<ExprPtr> convert_call(const PgQuery__FuncCall& call) {
  int offset = call.location;
  if (call.over) return not_supported(offset, "a window function (OVER)");
  if (call.agg_within_group) return not_supported(offset, "WITHIN GROUP");
  if (call.n_agg_order > 0) return not_supported(offset, "ORDER BY in an aggregate");
  if (call.func_variadic) return not_supported(offset, "VARIADIC");
  std::vector<std::string> name = convert_names(call.funcname, call.n_funcname);
  if (name.size() > 2 || (name.size() == 2 && name[0] != "pg_catalog"))
    return not_supported(offset, "a function outside of pg_catalog");
  ast::Call result;
  result.function = name.back();
  LEAT_ASSIGN_OR_RETURN(result.arguments, convert_list(call.args, call.n_args));
  result.star = call.agg_star;
  result.distinct = call.agg_distinct;
  LEAT_ASSIGN_OR_RETURN(result.filter, convert_expr(call.agg_filter));
  return make(offset, std::move(result));
}

SqlResult<ExprPtr> convert_logical(const PgQuery__BoolExpr& logical) {
  ast::Logical result;
  switch (logical.boolop) {
    case PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR:
      result.kind = ast::LogicalKind::all_of;
      break;
    case PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR:
      result.kind = ast::LogicalKind::any_of;
      break;
    default:
      result.kind = ast::LogicalKind::negation;
  }
  LEAT_ASSIGN_OR_RETURN(result.arguments, convert_list(logical.args, logical.n_args));
  return make(logical.location, std::move(result));
}

SqlResult<ExprPtr> convert_case(const PgQuery__CaseExpr& expr) {
  ast::Case result;
  LEAT_ASSIGN_OR_RETURN(result.operand, convert_expr(expr.arg));
  for (size_t i = 0; i < expr.n_args; ++i) {
    const PgQuery__CaseWhen& when = *expr.args[i]->case_when;
    LEAT_ASSIGN_OR_RETURN(ExprPtr condition, convert_expr(when.expr));
    LEAT_ASSIGN_OR_RETURN(ExprPtr value, convert_expr(when.result));
    result.whens.push_back({std::move(condition), std::move(value)});
  }
  LEAT_ASSIGN_OR_RETURN(result.otherwise, convert_expr(expr.defresult));
  return make(expr.location, std::move(result));
}

SqlResult<ExprPtr> convert_variadic(ast::VariadicKind kind, PgQuery__Node* const* nodes,
                                    size_t count, int offset) {
  LEAT_ASSIGN_OR_RETURN(std::vector<ExprPtr> arguments, convert_list(nodes, count));
  return make(offset, ast::Variadic{kind, std::move(arguments)});
}

SqlResult<ExprPtr> convert_boolean_test(const PgQuery__BooleanTest& test) {
  ast::BooleanTest result;
  LEAT_ASSIGN_OR_RETURN(result.argument, convert_expr(test.arg));
  switch (test.booltesttype) {
    case PG_QUERY__BOOL_TEST_TYPE__IS_TRUE:
    case PG_QUERY__BOOL_TEST_TYPE__IS_NOT_TRUE:
      result.value = true;
      break;
    case PG_QUERY__BOOL_TEST_TYPE__IS_FALSE:
    case PG_QUERY__BOOL_TEST_TYPE__IS_NOT_FALSE:
      result.value = false;
      break;
    default:
      break;
  }
  result.negated = test.booltesttype == PG_QUERY__BOOL_TEST_TYPE__IS_NOT_TRUE ||
                   test.booltesttype == PG_QUERY__BOOL_TEST_TYPE__IS_NOT_FALSE ||
                   test.booltesttype == PG_QUERY__BOOL_TEST_TYPE__IS_NOT_UNKNOWN;
  return make(test.location, std::move(result));
}

SqlResult<ExprPtr> convert_null_test(const PgQuery__NullTest& test) {
  LEAT_ASSIGN_OR_RETURN(ExprPtr argument, convert_expr(test.arg));
  bool negated = test.nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL;
  return make(test.location, ast::NullTest{std::move(argument), negated});
}

// --- A_Expr: everything that the grammar makes of an operator
// ---------------------------------------

SqlResult<ExprPtr> convert_in(const PgQuery__AExpr& expr, bool negated, PgQuery__Node* const* items,
                              size_t count) {
  LEAT_ASSIGN_OR_RETURN(ExprPtr argument, convert_expr(expr.lexpr));
  LEAT_ASSIGN_OR_RETURN(std::vector<ExprPtr> list, convert_list(items, count));
  return make(expr.location, ast::InList{std::move(argument), std::move(list), negated});
}

SqlResult<ExprPtr> convert_any(const PgQuery__AExpr& expr, const std::string& op) {
  if (expr.rexpr->node_case != PG_QUERY__NODE__NODE_A_ARRAY_EXPR || op != "=")
    return not_supported(expr.location, "ANY and ALL over an array",
                         "x IN (…) and x = ANY (ARRAY[…]) are");
  const PgQuery__AArrayExpr& array = *expr.rexpr->a_array_expr;
  return convert_in(expr, false, array.elements, array.n_elements);
}

SqlResult<ExprPtr> convert_between(const PgQuery__AExpr& expr) {
  const PgQuery__List& bounds = *expr.rexpr->list;
  ast::Between result;
  LEAT_ASSIGN_OR_RETURN(result.argument, convert_expr(expr.lexpr));
  LEAT_ASSIGN_OR_RETURN(result.low, convert_expr(bounds.items[0]));
  LEAT_ASSIGN_OR_RETURN(result.high, convert_expr(bounds.items[1]));
  result.negated = expr.kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN;
  return make(expr.location, std::move(result));
}

// LIKE … ESCAPE is like_escape(pattern, escape) to the grammar.
SqlResult<ExprPtr> convert_like(const PgQuery__AExpr& expr, const std::string& op) {
  ast::Like result;
  result.case_insensitive = expr.kind == PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE;
  result.negated = op[0] == '!';
  LEAT_ASSIGN_OR_RETURN(result.argument, convert_expr(expr.lexpr));
  LEAT_ASSIGN_OR_RETURN(result.pattern, convert_expr(expr.rexpr));
  if (const auto* call = std::get_if<ast::Call>(&result.pattern->node);
      call && call->function == "like_escape" && call->arguments.size() == 2) {
    ExprPtr pattern = call->arguments[0];
    result.escape = call->arguments[1];
    result.pattern = std::move(pattern);
  }
  return make(expr.location, std::move(result));
}

template <class Node, class... Extra>
SqlResult<ExprPtr> convert_pair(const PgQuery__AExpr& expr, Extra... extra) {
  LEAT_ASSIGN_OR_RETURN(ExprPtr left, convert_expr(expr.lexpr));
  LEAT_ASSIGN_OR_RETURN(ExprPtr right, convert_expr(expr.rexpr));
  return make(expr.location, Node{std::move(left), std::move(right), extra...});
}

SqlResult<ExprPtr> convert_operator(const PgQuery__AExpr& expr, const std::string& op) {
  LEAT_ASSIGN_OR_RETURN(ExprPtr left, convert_expr(expr.lexpr));
  LEAT_ASSIGN_OR_RETURN(ExprPtr right, convert_expr(expr.rexpr));
  return make(expr.location, ast::Operator{op, std::move(left), std::move(right)});
}

SqlResult<ExprPtr> convert_a_expr(const PgQuery__AExpr& expr) {
  const std::string op = convert_names(expr.name, expr.n_name).back();
  switch (expr.kind) {
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP:
      return convert_operator(expr, op);
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY:
      return convert_any(expr, op);
    case PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT:
      return convert_pair<ast::DistinctFrom>(expr, false);
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT:
      return convert_pair<ast::DistinctFrom>(expr, true);
    case PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF:
      return convert_pair<ast::NullIf>(expr);
    case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
      return convert_in(expr, op == "<>", expr.rexpr->list->items, expr.rexpr->list->n_items);
    case PG_QUERY__A__EXPR__KIND__AEXPR_LIKE:
    case PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE:
      return convert_like(expr, op);
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN:
      return convert_between(expr);
    case PG_QUERY__A__EXPR__KIND__AEXPR_SIMILAR:
      return not_supported(expr.location, "SIMILAR TO", "LIKE is");
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM:
      return not_supported(expr.location, "BETWEEN SYMMETRIC");
    default:
      return not_supported(expr.location, "this operator");
  }
}

SqlResult<ExprPtr> refuse_indirection(const PgQuery__AIndirection& indirection) {
  LEAT_ASSIGN_OR_RETURN(ExprPtr argument, convert_expr(indirection.arg));
  return not_supported(argument->offset, "a subscript or the selection of a field");
}

}  // namespace

std::vector<std::string> convert_names(PgQuery__Node* const* nodes, size_t count) {
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i)
    if (nodes[i]->node_case == PG_QUERY__NODE__NODE_STRING) names.push_back(nodes[i]->string->sval);
  return names;
}

SqlResult<ExprPtr> convert_expr(const PgQuery__Node* node) {
  if (!node) return ExprPtr();
  switch (node->node_case) {
    case PG_QUERY__NODE__NODE_A_CONST:
      return convert_constant(*node->a_const);
    case PG_QUERY__NODE__NODE_COLUMN_REF:
      return convert_column(*node->column_ref);
    case PG_QUERY__NODE__NODE_PARAM_REF:
      return make(node->param_ref->location, ast::ParameterRef{node->param_ref->number});
    case PG_QUERY__NODE__NODE_TYPE_CAST:
      return convert_cast(*node->type_cast);
    case PG_QUERY__NODE__NODE_FUNC_CALL:
      return convert_call(*node->func_call);
    case PG_QUERY__NODE__NODE_BOOL_EXPR:
      return convert_logical(*node->bool_expr);
    case PG_QUERY__NODE__NODE_CASE_EXPR:
      return convert_case(*node->case_expr);
    case PG_QUERY__NODE__NODE_COALESCE_EXPR:
      return convert_variadic(ast::VariadicKind::coalesce, node->coalesce_expr->args,
                              node->coalesce_expr->n_args, node->coalesce_expr->location);
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
      return convert_variadic(
          node->min_max_expr->op == PG_QUERY__MIN_MAX_OP__IS_GREATEST ? ast::VariadicKind::greatest
                                                                      : ast::VariadicKind::least,
          node->min_max_expr->args, node->min_max_expr->n_args, node->min_max_expr->location);
    case PG_QUERY__NODE__NODE_NULL_TEST:
      return convert_null_test(*node->null_test);
    case PG_QUERY__NODE__NODE_BOOLEAN_TEST:
      return convert_boolean_test(*node->boolean_test);
    case PG_QUERY__NODE__NODE_A_EXPR:
      return convert_a_expr(*node->a_expr);
    case PG_QUERY__NODE__NODE_SUB_LINK:
      return not_supported(node->sub_link->location, "a subquery in an expression",
                           "join with a subquery in FROM");
    case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
      return not_supported(node->sqlvalue_function->location, "a value that changes by itself",
                           "a view's rows may depend on its tables only");
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
      return not_supported(node->collate_clause->location, "COLLATE",
                           "text sorts and compares by bytes, as COLLATE \"C\"");
    case PG_QUERY__NODE__NODE_GROUPING_FUNC:
      return not_supported(node->grouping_func->location, "GROUPING");
    case PG_QUERY__NODE__NODE_ROW_EXPR:
      return not_supported(node->row_expr->location, "a row as a value");
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
      return not_supported(node->a_array_expr->location, "an array");
    case PG_QUERY__NODE__NODE_A_INDIRECTION:
      return refuse_indirection(*node->a_indirection);
    default:
      return not_supported(-1, "this kind of expression");
  }
}

}  // namespace leat::views::sql

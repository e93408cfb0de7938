#include <pg_query/pg_query.pb-c.h>

#include <utility>

#include "views/sql/pg_tree.h"

namespace leat::views::sql {
namespace {

using ast::FromPtr;

FromPtr make(ast::FromItem item) {
  return std::make_shared<const ast::FromItem>(std::move(item));
}

SqlResult<FromPtr> convert_from(const PgQuery__Node& node);

void set_alias(const PgQuery__Alias* alias, ast::FromItem* item) {
  if (!alias) return;
  item->alias = alias->aliasname;
  item->column_aliases = convert_names(alias->colnames, alias->n_colnames);
}

FromPtr convert_table(const PgQuery__RangeVar& table) {
  ast::Path path;
  if (*table.catalogname) path.push_back(table.catalogname);
  if (*table.schemaname) path.push_back(table.schemaname);
  path.push_back(table.relname);
  ast::FromItem item{ast::TableRef{std::move(path)}, "", {}, table.location};
  set_alias(table.alias, &item);
  return make(std::move(item));
}

// Where a SELECT is, as far as its tree says.
int select_offset(const PgQuery__SelectStmt& select) {
  if (select.larg) return select_offset(*select.larg);
  return select.n_target_list > 0 ? select.target_list[0]->res_target->location : -1;
}

SqlResult<FromPtr> convert_subquery(const PgQuery__RangeSubselect& subquery) {
  const PgQuery__SelectStmt& select = *subquery.subquery->select_stmt;
  int offset = select_offset(select);
  if (subquery.lateral) return not_supported(offset, "LATERAL");
  LEAT_ASSIGN_OR_RETURN(ast::SelectPtr query, convert_select(select));
  ast::FromItem item{ast::DerivedTable{std::move(query)}, "", {}, offset};
  set_alias(subquery.alias, &item);
  if (item.alias.empty())
    return sql_error(sqlstate::kSyntaxError, offset, "subquery in FROM must have an alias",
                     "for example, FROM (SELECT ...) [AS] foo.");
  return make(std::move(item));
}

SqlResult<ast::JoinKind> join_kind(const PgQuery__JoinExpr& join, int offset) {
  switch (join.jointype) {
    case PG_QUERY__JOIN_TYPE__JOIN_INNER:
      return join.quals || join.n_using_clause > 0 ? ast::JoinKind::inner : ast::JoinKind::cross;
    case PG_QUERY__JOIN_TYPE__JOIN_LEFT:
      return ast::JoinKind::left;
    case PG_QUERY__JOIN_TYPE__JOIN_RIGHT:
      return ast::JoinKind::right;
    default:
      return not_supported(offset, "FULL JOIN");
  }
}

SqlResult<FromPtr> convert_join(const PgQuery__JoinExpr& join) {
  LEAT_ASSIGN_OR_RETURN(FromPtr left, convert_from(*join.larg));
  LEAT_ASSIGN_OR_RETURN(FromPtr right, convert_from(*join.rarg));
  int offset = right->offset;
  if (join.is_natural) return not_supported(offset, "NATURAL JOIN", "name the columns: USING (…)");
  if (join.alias || join.join_using_alias) return not_supported(offset, "an alias of a join");
  ast::Join result;
  LEAT_ASSIGN_OR_RETURN(result.kind, join_kind(join, offset));
  result.left = std::move(left);
  result.right = std::move(right);
  LEAT_ASSIGN_OR_RETURN(result.condition, convert_expr(join.quals));
  result.using_columns = convert_names(join.using_clause, join.n_using_clause);
  return make({std::move(result), "", {}, offset});
}

SqlResult<FromPtr> convert_from(const PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_RANGE_VAR:
      return convert_table(*node.range_var);
    case PG_QUERY__NODE__NODE_RANGE_SUBSELECT:
      return convert_subquery(*node.range_subselect);
    case PG_QUERY__NODE__NODE_JOIN_EXPR:
      return convert_join(*node.join_expr);
    case PG_QUERY__NODE__NODE_RANGE_TABLE_SAMPLE:
      return not_supported(node.range_table_sample->location, "TABLESAMPLE");
    default:
      return not_supported(-1, "a function in FROM");
  }
}

SqlResult<ast::Target> convert_target(const PgQuery__ResTarget& target) {
  ast::Target result;
  result.name = target.name;
  result.offset = target.location;
  if (target.val->node_case == PG_QUERY__NODE__NODE_COLUMN_REF) {
    const PgQuery__ColumnRef& column = *target.val->column_ref;
    if (column.fields[column.n_fields - 1]->node_case == PG_QUERY__NODE__NODE_A_STAR) {
      result.star_qualifier = convert_names(column.fields, column.n_fields - 1);
      return result;
    }
  }
  LEAT_ASSIGN_OR_RETURN(result.value, convert_expr(target.val));
  return result;
}

SqlResult<ast::OrderItem> convert_order_item(const PgQuery__SortBy& sort) {
  if (sort.sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_USING)
    return not_supported(sort.location, "ORDER BY … USING");
  ast::OrderItem item;
  LEAT_ASSIGN_OR_RETURN(item.value, convert_expr(sort.node));
  item.descending = sort.sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_DESC;
  if (sort.sortby_nulls == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST) item.nulls_first = true;
  if (sort.sortby_nulls == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST) item.nulls_first = false;
  return item;
}

SqlResult<ast::CommonTable> convert_common_table(const PgQuery__CommonTableExpr& table) {
  if (table.search_clause || table.cycle_clause)
    return not_supported(table.location, "SEARCH and CYCLE");
  if (table.ctequery->node_case != PG_QUERY__NODE__NODE_SELECT_STMT)
    return not_supported(table.location, "a statement other than SELECT in WITH");
  LEAT_ASSIGN_OR_RETURN(ast::SelectPtr query, convert_select(*table.ctequery->select_stmt));
  return ast::CommonTable{table.ctename, convert_names(table.aliascolnames, table.n_aliascolnames),
                          std::move(query)};
}

SqlStatus check_supported(const PgQuery__SelectStmt& select) {
  int offset = select_offset(select);
  if (select.op != PG_QUERY__SET_OPERATION__SETOP_NONE)
    return not_supported(select_offset(*select.rarg), "UNION, INTERSECT and EXCEPT");
  if (select.n_values_lists > 0) return not_supported(offset, "VALUES");
  if (select.into_clause) return not_supported(offset, "SELECT INTO");
  if (select.n_window_clause > 0) return not_supported(offset, "WINDOW");
  if (select.n_locking_clause > 0) return not_supported(offset, "FOR UPDATE and the like");
  if (select.limit_option == PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_WITH_TIES)
    return not_supported(offset, "FETCH FIRST … WITH TIES");
  if (select.group_distinct) return not_supported(offset, "GROUP BY DISTINCT");
  // Plain DISTINCT is a list of one empty node.
  if (select.n_distinct_clause > 0 &&
      select.distinct_clause[0]->node_case != PG_QUERY__NODE__NODE__NOT_SET)
    return not_supported(offset, "DISTINCT ON");
  if (select.with_clause && select.with_clause->recursive)
    return not_supported(select.with_clause->location, "WITH RECURSIVE");
  return {};
}

SqlStatus convert_group_by(const PgQuery__SelectStmt& select, ast::Select* result) {
  for (size_t i = 0; i < select.n_group_clause; ++i) {
    const PgQuery__Node& node = *select.group_clause[i];
    if (node.node_case == PG_QUERY__NODE__NODE_GROUPING_SET)
      return not_supported(node.grouping_set->location, "GROUPING SETS, CUBE and ROLLUP");
    LEAT_ASSIGN_OR_RETURN(ast::ExprPtr item, convert_expr(&node));
    result->group_by.push_back(std::move(item));
  }
  return {};
}

SqlStatus convert_lists(const PgQuery__SelectStmt& select, ast::Select* result) {
  for (size_t i = 0; select.with_clause && i < select.with_clause->n_ctes; ++i) {
    LEAT_ASSIGN_OR_RETURN(ast::CommonTable table,
                          convert_common_table(*select.with_clause->ctes[i]->common_table_expr));
    result->with.push_back(std::move(table));
  }
  for (size_t i = 0; i < select.n_target_list; ++i) {
    LEAT_ASSIGN_OR_RETURN(ast::Target target, convert_target(*select.target_list[i]->res_target));
    result->targets.push_back(std::move(target));
  }
  for (size_t i = 0; i < select.n_from_clause; ++i) {
    LEAT_ASSIGN_OR_RETURN(FromPtr item, convert_from(*select.from_clause[i]));
    result->from.push_back(std::move(item));
  }
  for (size_t i = 0; i < select.n_sort_clause; ++i) {
    LEAT_ASSIGN_OR_RETURN(ast::OrderItem item, convert_order_item(*select.sort_clause[i]->sort_by));
    result->order_by.push_back(std::move(item));
  }
  return convert_group_by(select, result);
}

}  // namespace

SqlResult<ast::SelectPtr> convert_select(const PgQuery__SelectStmt& select) {
  LEAT_RETURN_IF_ERROR(check_supported(select));
  ast::Select result;
  result.offset = select_offset(select);
  result.distinct = select.n_distinct_clause > 0;
  LEAT_RETURN_IF_ERROR(convert_lists(select, &result));
  LEAT_ASSIGN_OR_RETURN(result.where, convert_expr(select.where_clause));
  LEAT_ASSIGN_OR_RETURN(result.having, convert_expr(select.having_clause));
  LEAT_ASSIGN_OR_RETURN(result.limit, convert_expr(select.limit_count));
  LEAT_ASSIGN_OR_RETURN(result.offset_rows, convert_expr(select.limit_offset));
  return std::make_shared<const ast::Select>(std::move(result));
}

}  // namespace leat::views::sql

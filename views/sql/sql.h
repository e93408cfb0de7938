// SQL text in, plans out. PostgreSQL's dialect, parsed by libpg_query; what is not supported is
// refused with the place in the text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "joins/plan.h"
#include "log/base/status.h"
#include "views/relation.h"

namespace leat::views::sql {

struct SqlError {
  std::string message;   // "column p.prize does not exist"
  std::string sqlstate;  // "42703"
  std::string hint;      // may be empty: "public.products has id, name, price"
  int offset = -1;       // byte in the text; -1 where no place is known
};

template <class T>
using SqlResult = Result<T, SqlError>;

// "FILE:LINE:COLUMN: message; hint" (". Hint." where that is a sentence), lines and columns (in
// characters) from 1.
std::string describe(const SqlError& error, std::string_view file, std::string_view text);

struct OutputColumn {
  std::string name;
  Type type;
};

// A relation's plan; its first columns are the visible ones, the rest complete the unique key.
struct RelationPlan {
  joins::PlanPtr plan;
  std::vector<OutputColumn> columns;
};

struct ViewDefinition {
  std::string name;
  std::string query;  // the text after AS, exactly
  int query_offset = 0;
};

// One CREATE MATERIALIZED VIEW name AS SELECT … (a trailing semicolon and comments are fine).
SqlResult<ViewDefinition> parse_view(std::string_view text);

// The plan of a view's query: tables and streams by topic. ORDER BY and LIMIT are refused here.
SqlResult<RelationPlan> plan_view(std::string_view query, const RelationCatalog& catalog);

struct SortKey {
  int column = 0;  // of the plan's output
  bool descending = false;
  bool nulls_first = false;
};

// A query over views, to be evaluated once (views/query.h). Its inputs name views.
struct QueryPlan {
  RelationPlan relation;
  std::vector<SortKey> order_by;
  std::optional<int64_t> limit;
  int64_t offset = 0;
  // The types of $1, $2 … as inferred; parameters are bound as constants when it is planned again.
  std::vector<Type> parameter_types;
};

// A parameter's text; none is NULL.
using Parameter = std::optional<std::string>;

// Plans a SELECT. DECLARED_TYPES are the client's OIDs (0: infer). PARAMETERS may be empty when
// only describing.
SqlResult<QueryPlan> plan_query(std::string_view text, const RelationCatalog& catalog,
                                const std::vector<uint32_t>& declared_types,
                                const std::vector<Parameter>& parameters);

}  // namespace leat::views::sql

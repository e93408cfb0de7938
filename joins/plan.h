// What a dataflow is built from: a tree of relational operators over topics, fully typed, every
// column by number. views/sql makes it; joins/dataflow.h runs it.
//
// Every relation has a unique key: columns that tell its rows apart (a table's primary key; of a
// join, the keys of both sides as far as they are needed; of a grouping, its group columns). It
// must be part of the row, so that relations are sets, a row's net difference is always -1, 0 or
// +1, and a view's rows can be overwritten by key. The planner keeps hidden columns where a query
// drops them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "joins/scalar/scalar.h"
#include "log/model/type.h"

namespace leat::joins {

struct Plan;
using PlanPtr = std::unique_ptr<Plan>;

// A topic's rows, cut down to the columns that are used (indexes into the topic's schema).
struct Input {
  std::string topic;
  std::vector<int> columns;
  // The types of all the topic's columns: how the rows given to add_input() are read.
  RowType topic_row_type;
};

// Rows for which the condition is true (not false, not NULL).
struct Filter {
  PlanPtr input;
  ScalarPtr condition;
};

// One output column an expression.
struct Map {
  PlanPtr input;
  std::vector<ScalarPtr> columns;
};

enum class JoinKind : uint8_t { inner, left };

// Rows of both sides whose key columns are equal (a NULL equals nothing); types match pairwise up
// to what key.h calls canonical. Output: the left columns, then the right ones (all NULL for a left
// row without a match in a left join). At least one key column.
struct Join {
  JoinKind kind = JoinKind::inner;
  PlanPtr left;
  PlanPtr right;
  std::vector<int> left_keys;
  std::vector<int> right_keys;
};

enum class AggregateFunction : uint8_t { count_rows, count, sum, min, max, avg };

struct AggregateCall {
  AggregateFunction function = AggregateFunction::count_rows;
  int argument = -1;  // input column; -1 for count_rows
  Type result_type{TypeId::int64};
};

// One row a group (NULLs are one group): the group columns, then the aggregates. Without group
// columns there is exactly one row, also over no input.
struct Aggregate {
  PlanPtr input;
  std::vector<int> group_columns;
  std::vector<AggregateCall> calls;
};

struct Plan {
  RowType row_type;
  std::vector<int> unique_key;  // may be empty: at most one row
  std::variant<Input, Filter, Map, Join, Aggregate> node;
};

}  // namespace leat::joins

// A SELECT statement as written: names unresolved, types unknown. Only what Leat may support has a
// form here; parser.cc refuses the rest with its place. Immutable, so that parts can be shared.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace leat::views::sql::ast {

struct Expr;
struct Select;
using ExprPtr = std::shared_ptr<const Expr>;
using SelectPtr = std::shared_ptr<const Select>;

// {"orders", "id"}; as PostgreSQL folds names.
using Path = std::vector<std::string>;

struct TypeName {
  std::string name;  // as in pg_type: "int4", "numeric"
  std::vector<int32_t> modifiers;
  bool is_array = false;
  int offset = -1;
};

struct ColumnRef {
  Path path;
};

enum class LiteralKind : uint8_t { null, boolean, integer, decimal, string };

struct Literal {
  LiteralKind kind = LiteralKind::null;
  std::string text;  // "true", "-12", "1.50", the string's contents
};

struct ParameterRef {
  int number = 0;  // from 1
};

// A function or an aggregate.
struct Call {
  std::string function;
  std::vector<ExprPtr> arguments;
  bool star = false;      // count(*)
  bool distinct = false;  // count(DISTINCT x)
  ExprPtr filter;         // FILTER (WHERE …); may be null
};

struct Operator {
  std::string name;
  ExprPtr left;  // null: a prefix operator
  ExprPtr right;
};

enum class LogicalKind : uint8_t { all_of, any_of, negation };

struct Logical {
  LogicalKind kind = LogicalKind::all_of;
  std::vector<ExprPtr> arguments;
};

struct NullTest {
  ExprPtr argument;
  bool negated = false;
};

// IS [NOT] TRUE, FALSE or (no value) UNKNOWN.
struct BooleanTest {
  ExprPtr argument;
  std::optional<bool> value;
  bool negated = false;
};

struct Cast {
  ExprPtr argument;
  TypeName type;
};

struct CaseWhen {
  ExprPtr condition;
  ExprPtr result;
};

struct Case {
  ExprPtr operand;  // null: CASE WHEN condition …
  std::vector<CaseWhen> whens;
  ExprPtr otherwise;  // may be null
};

enum class VariadicKind : uint8_t { coalesce, greatest, least };

struct Variadic {
  VariadicKind kind = VariadicKind::coalesce;
  std::vector<ExprPtr> arguments;
};

struct NullIf {
  ExprPtr left;
  ExprPtr right;
};

// x IN (…), and x = ANY (ARRAY[…]).
struct InList {
  ExprPtr argument;
  std::vector<ExprPtr> items;
  bool negated = false;
};

struct Between {
  ExprPtr argument;
  ExprPtr low;
  ExprPtr high;
  bool negated = false;
};

// LIKE and ILIKE.
struct Like {
  ExprPtr argument;
  ExprPtr pattern;
  ExprPtr escape;  // may be null
  bool case_insensitive = false;
  bool negated = false;
};

struct DistinctFrom {
  ExprPtr left;
  ExprPtr right;
  bool negated = false;
};

struct Expr {
  std::variant<ColumnRef, Literal, ParameterRef, Call, Operator, Logical, NullTest, BooleanTest,
               Cast, Case, Variadic, NullIf, InList, Between, Like, DistinctFrom>
      node;
  int offset = -1;  // byte in the text, as PostgreSQL places errors (an operator's is its own)
};

// --- FROM ----------------------------------------------------------------------------------------

struct FromItem;
using FromPtr = std::shared_ptr<const FromItem>;

struct TableRef {
  Path path;
};

struct DerivedTable {
  SelectPtr query;
};

enum class JoinKind : uint8_t { inner, left, right, cross };

struct Join {
  JoinKind kind = JoinKind::inner;
  FromPtr left;
  FromPtr right;
  ExprPtr condition;
  std::vector<std::string> using_columns;
};

struct FromItem {
  std::variant<TableRef, DerivedTable, Join> node;
  std::string alias;  // may be empty
  std::vector<std::string> column_aliases;
  int offset = -1;
};

// --- SELECT --------------------------------------------------------------------------------------

struct Target {
  std::string name;     // after AS; may be empty
  ExprPtr value;        // null: a star
  Path star_qualifier;  // of t.*
  int offset = -1;
};

struct OrderItem {
  ExprPtr value;
  bool descending = false;
  std::optional<bool> nulls_first;
};

struct CommonTable {
  std::string name;
  std::vector<std::string> column_aliases;
  SelectPtr query;
};

struct Select {
  std::vector<CommonTable> with;
  bool distinct = false;
  std::vector<Target> targets;
  std::vector<FromPtr> from;
  ExprPtr where;
  std::vector<ExprPtr> group_by;
  ExprPtr having;
  std::vector<OrderItem> order_by;
  ExprPtr limit;
  ExprPtr offset_rows;
  int offset = -1;  // of its first target
};

}  // namespace leat::views::sql::ast

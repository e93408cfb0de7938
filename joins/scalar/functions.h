// Operators, functions and casts by name, with PostgreSQL 15's overload resolution
// (https://www.postgresql.org/docs/15/typeconv.html). Every bind_ function takes operands that may
// be untyped literals (expression.h) and resolves them; what it returns is typed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "joins/scalar/expression.h"
#include "joins/scalar/scalar.h"

namespace leat::joins {

// PostgreSQL's sentence ("operator does not exist: integer + text") and SQLSTATE; for what
// PostgreSQL has and Leat does not, a sentence that says so, with SQLSTATE 0A000. The caller knows
// the place.
struct BindError {
  std::string message;
  std::string sqlstate;
  std::string hint;  // may be empty
};

template <class T>
using BindResult = Result<T, BindError>;

// One or two operands. + - * / % ^ (also as prefix where PostgreSQL has it), = <> != < <= > >=, ||,
// ->, ->>, ~~ (LIKE), ~~* (ILIKE), !~~, !~~*.
BindResult<ScalarPtr> bind_operator(std::string_view op, std::vector<ScalarPtr> operands);

// NAME in lower case, without a schema. What the grammar turns into calls goes by pg_catalog's
// names: EXTRACT → extract(text, x), SUBSTRING FROM FOR → substring, POSITION → position(string,
// substring), TRIM → btrim/ltrim/rtrim, OVERLAY and the like are refused. Aggregates are not here.
BindResult<ScalarPtr> bind_function(std::string_view name, std::vector<ScalarPtr> arguments);
// PostgreSQL or Leat has a scalar function of that name (with whatever arguments).
bool is_scalar_function(std::string_view name);

// What may be converted without being asked for: in expressions, in INSERT, by a written cast.
enum class CastContext : uint8_t { implicit, assignment, explicit_cast };
// Applies TO's modifier as well (numeric(10,2) rounds, char(3) pads).
BindResult<ScalarPtr> bind_cast(ScalarPtr operand, Type to, CastContext context);

// A leftover untyped literal becomes text, as in a select list; others stay as they are.
BindResult<ScalarPtr> bind_default(ScalarPtr operand);

// The operands brought to one type, as CASE, COALESCE, IN, VALUES and join keys need it; CONTEXT is
// PostgreSQL's word for the error: "CASE types integer and text cannot be matched".
BindResult<std::vector<ScalarPtr>> bind_common_type(std::vector<ScalarPtr> operands,
                                                    std::string_view context);

// Three-valued logic. CONTEXT is for the error: "argument of AND must be type boolean, not type
// integer"; bind_condition is for WHERE, HAVING, ON and WHEN.
BindResult<ScalarPtr> bind_and(std::vector<ScalarPtr> operands);
BindResult<ScalarPtr> bind_or(std::vector<ScalarPtr> operands);
BindResult<ScalarPtr> bind_not(ScalarPtr operand);
BindResult<ScalarPtr> bind_condition(ScalarPtr operand, std::string_view context);

// x IS NULL, and IS NOT NULL.
BindResult<ScalarPtr> bind_is_null(ScalarPtr operand, bool negated);
enum class TruthTest : uint8_t { is_true, is_false, is_unknown };
BindResult<ScalarPtr> bind_truth_test(ScalarPtr operand, TruthTest test, bool negated);
// a IS [NOT] DISTINCT FROM b.
BindResult<ScalarPtr> bind_distinct(ScalarPtr left, ScalarPtr right, bool negated);

struct CaseBranch {
  ScalarPtr when;  // a condition, or a value to compare the CASE's operand with
  ScalarPtr then;
};
// CASE [OPERAND] WHEN … THEN … [ELSE OTHERWISE] END; OPERAND and OTHERWISE may be null pointers.
BindResult<ScalarPtr> bind_case(ScalarPtr operand, std::vector<CaseBranch> branches,
                                ScalarPtr otherwise);
BindResult<ScalarPtr> bind_coalesce(std::vector<ScalarPtr> operands);
BindResult<ScalarPtr> bind_nullif(ScalarPtr left, ScalarPtr right);
BindResult<ScalarPtr> bind_greatest(std::vector<ScalarPtr> operands);
BindResult<ScalarPtr> bind_least(std::vector<ScalarPtr> operands);
// NEEDLE [NOT] IN (LIST).
BindResult<ScalarPtr> bind_in(ScalarPtr needle, std::vector<ScalarPtr> list, bool negated);
// OPERAND BETWEEN LOW AND HIGH.
BindResult<ScalarPtr> bind_between(ScalarPtr operand, ScalarPtr low, ScalarPtr high, bool negated);
// [NOT] LIKE / ILIKE PATTERN [ESCAPE ESCAPE]; ESCAPE may be a null pointer (then it is a
// backslash).
BindResult<ScalarPtr> bind_like(ScalarPtr operand, ScalarPtr pattern, ScalarPtr escape,
                                bool case_insensitive, bool negated);

// A type by the name SQL gives it, folded: "int4", "integer", "double precision", "varchar",
// "timestamptz" …; false where Leat has no such type.
bool type_of_sql_name(std::string_view name, TypeId* out);

}  // namespace leat::joins

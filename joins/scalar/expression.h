// The leaves of scalar expressions, and walks over whole ones.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "joins/scalar/scalar.h"

namespace leat::joins {

// Column INDEX of the row.
ScalarPtr make_column(int index, Type type);

// A constant of a known type; copies the bytes.
ScalarPtr make_constant(Type type, const Datum& value);

// Where the type of a parameter ($1) is noted once its surroundings have decided it.
struct ParameterSlot {
  std::optional<Type> type;
};

// 'abc', NULL, or $1 without a declared type: PostgreSQL's "unknown". It takes the type that the
// other operands ask for (functions.h); its type() says text until then. SLOT may be null.
ScalarPtr make_untyped(std::optional<std::string> text,
                       std::shared_ptr<ParameterSlot> slot = nullptr);
bool is_untyped(const Scalar& expression);

// The value of a constant (not of an untyped literal), which lives as long as the expression.
std::optional<Datum> constant_value(const Scalar& expression);

// The index, where the expression is nothing but a column.
std::optional<int> column_index(const Scalar& expression);
// Calls VISIT with the index of each column in the expression; one that occurs twice is given
// twice.
void visit_columns(const Scalar& expression, const std::function<void(int)>& visit);
// The same expression with column I replaced by COLUMNS[I]; types must agree.
ScalarPtr replace_columns(const ScalarPtr& expression, std::span<const ScalarPtr> columns);

// Scalar::print's text.
std::string to_string(const Scalar& expression);
bool same_expression(const Scalar& a, const Scalar& b);

}  // namespace leat::joins

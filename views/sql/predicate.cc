#include "views/sql/predicate.h"

#include "joins/scalar/functions.h"
#include "log/model/key.h"

namespace leat::views::sql {
namespace {

using joins::ScalarPtr;

std::vector<ScalarPtr> children_of(const ScalarPtr& expression) {
  auto children = expression->children();
  return {children.begin(), children.end()};
}

// What an expression is, is seen by making it once more of its operands.
bool is_made_by(const ScalarPtr& expression, const joins::BindResult<ScalarPtr>& again) {
  return again.ok() && joins::same_expression(*expression, *again.value());
}

bool is_integer(TypeId id) {
  return id == TypeId::int16 || id == TypeId::int32 || id == TypeId::int64;
}
bool is_float(TypeId id) {
  return id == TypeId::float32 || id == TypeId::float64;
}

}  // namespace

std::vector<ScalarPtr> split_conjunction(const ScalarPtr& condition) {
  std::vector<ScalarPtr> operands = children_of(condition);
  if (operands.size() < 2 || !is_made_by(condition, joins::bind_and(operands))) return {condition};
  std::vector<ScalarPtr> all;
  for (const ScalarPtr& operand : operands)
    for (ScalarPtr& part : split_conjunction(operand)) all.push_back(std::move(part));
  return all;
}

std::optional<Equality> as_equality(const ScalarPtr& condition) {
  std::vector<ScalarPtr> operands = children_of(condition);
  if (operands.size() != 2 || !is_made_by(condition, joins::bind_operator("=", operands)))
    return std::nullopt;
  return Equality{operands[0], operands[1]};
}

bool have_common_keys(TypeId a, TypeId b) {
  if (!type_can_be_key(a) || !type_can_be_key(b)) return false;
  return a == b || (is_integer(a) && is_integer(b)) || (is_float(a) && is_float(b));
}

std::set<int> columns_of(const joins::Scalar& expression) {
  std::set<int> columns;
  joins::visit_columns(expression, [&](int column) { columns.insert(column); });
  return columns;
}

}  // namespace leat::views::sql

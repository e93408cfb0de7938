// Conditions taken apart.
#pragma once

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "joins/scalar/scalar.h"

namespace leat::views::sql {

// The conditions that CONDITION is the AND of; itself, where it is none.
std::vector<joins::ScalarPtr> split_conjunction(const joins::ScalarPtr& condition);

struct Equality {
  joins::ScalarPtr left;
  joins::ScalarPtr right;
};
// The operands, where CONDITION is left = right.
std::optional<Equality> as_equality(const joins::ScalarPtr& condition);

// Values of the two types that are equal have equal keys (model/key.h).
bool have_common_keys(TypeId a, TypeId b);

std::set<int> columns_of(const joins::Scalar& expression);

}  // namespace leat::views::sql

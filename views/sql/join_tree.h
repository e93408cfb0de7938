// FROM and WHERE as a tree of joins, and the plan of it.
#pragma once

#include <memory>
#include <set>
#include <variant>
#include <vector>

#include "joins/plan.h"
#include "views/sql/relation_builder.h"

namespace leat::views::sql {

struct JoinTree;
using JoinTreePtr = std::unique_ptr<JoinTree>;

struct JoinNode {
  joins::JoinKind kind = joins::JoinKind::inner;
  JoinTreePtr left;
  JoinTreePtr right;
  std::vector<Conjunct> on;
  int offset = -1;  // of what is joined
};

struct JoinTree {
  std::variant<Relation, JoinNode> node;
};

// Each condition goes as far down as it may: into an input where it names only that input, and
// never from above into the side of an outer join that may be missing. Equalities between two
// inputs become the keys of their join, the rest filters. Inputs are joined in the order of the
// text, each as soon as an equality binds it to what was joined before; without one they are
// refused.
SqlResult<Relation> plan_joins(JoinTreePtr tree, std::vector<Conjunct> where, ColumnIds& ids);

}  // namespace leat::views::sql

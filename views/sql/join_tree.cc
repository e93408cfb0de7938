#include "views/sql/join_tree.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "joins/scalar/functions.h"
#include "log/model/key.h"
#include "views/sql/error.h"
#include "views/sql/predicate.h"

namespace leat::views::sql {
namespace {

using joins::ScalarPtr;

// One side's expression of each key column, over ids.
struct JoinKeys {
  std::vector<ScalarPtr> left;
  std::vector<ScalarPtr> right;
};

bool within(const std::set<int>& columns, const std::set<int>& all) {
  return std::includes(all.begin(), all.end(), columns.begin(), columns.end());
}

bool uses_only(const Conjunct& conjunct, const std::set<int>& ids) {
  return within(columns_of(*conjunct.condition), ids);
}

void collect_ids(const JoinTree& tree, std::set<int>* ids) {
  if (const auto* relation = std::get_if<Relation>(&tree.node)) {
    ids->insert(relation->column_ids.begin(), relation->column_ids.end());
    return;
  }
  const JoinNode& join = std::get<JoinNode>(tree.node);
  collect_ids(*join.left, ids);
  collect_ids(*join.right, ids);
}

std::set<int> ids_of(const JoinTree& tree) {
  std::set<int> ids;
  collect_ids(tree, &ids);
  return ids;
}

std::set<int> ids_of(const Relation& relation) {
  return {relation.column_ids.begin(), relation.column_ids.end()};
}

// Takes out of FROM what PREDICATE accepts.
template <class Predicate>
std::vector<Conjunct> take(std::vector<Conjunct>* from, Predicate accepts) {
  auto taken_at = std::stable_partition(from->begin(), from->end(),
                                        [&](const Conjunct& c) { return !accepts(c); });
  std::vector<Conjunct> taken(std::make_move_iterator(taken_at),
                              std::make_move_iterator(from->end()));
  from->erase(taken_at, from->end());
  return taken;
}

// Both operands as values whose keys are equal where they are; nothing if there is no such form.
std::optional<Equality> as_keys(Equality equality) {
  if (have_common_keys(equality.left->type().id, equality.right->type().id)) return equality;
  auto common = joins::bind_common_type({equality.left, equality.right}, "JOIN");
  if (!common.ok() || !type_can_be_key((*common)[0]->type().id)) return std::nullopt;
  return Equality{(*common)[0], (*common)[1]};
}

// CONJUNCT as an equality of something of the left side with something of the right one.
std::optional<Equality> as_join_key(const Conjunct& conjunct, const std::set<int>& left,
                                    const std::set<int>& right) {
  std::optional<Equality> equality = as_equality(conjunct.condition);
  if (!equality) return std::nullopt;
  std::set<int> a = columns_of(*equality->left), b = columns_of(*equality->right);
  if (a.empty() || b.empty()) return std::nullopt;
  if (within(a, left) && within(b, right)) return as_keys(*equality);
  if (within(a, right) && within(b, left)) return as_keys({equality->right, equality->left});
  return std::nullopt;
}

void add_key(Equality equality, JoinKeys* keys) {
  for (size_t i = 0; i < keys->left.size(); ++i)
    if (joins::same_expression(*keys->left[i], *equality.left) &&
        joins::same_expression(*keys->right[i], *equality.right))
      return;
  keys->left.push_back(std::move(equality.left));
  keys->right.push_back(std::move(equality.right));
}

// The equalities between the sides are taken out of CONJUNCTS.
JoinKeys take_keys(std::vector<Conjunct>* conjuncts, const std::set<int>& left,
                   const std::set<int>& right) {
  JoinKeys keys;
  auto is_key = [&](const Conjunct& c) { return as_join_key(c, left, right).has_value(); };
  for (const Conjunct& conjunct : take(conjuncts, is_key))
    add_key(*as_join_key(conjunct, left, right), &keys);
  return keys;
}

bool covers(const std::vector<int>& keys, const std::vector<int>& unique_key) {
  return std::all_of(unique_key.begin(), unique_key.end(), [&](int column) {
    return std::find(keys.begin(), keys.end(), column) != keys.end();
  });
}

// Of the join's output. A row of the side whose partner is at most one is told by its own key.
std::vector<int> joined_unique_key(joins::JoinKind kind, const joins::Plan& left,
                                   const joins::Plan& right, const std::vector<int>& left_keys,
                                   const std::vector<int>& right_keys) {
  if (covers(right_keys, right.unique_key)) return left.unique_key;
  std::vector<int> right_part;
  for (int column : right.unique_key)
    right_part.push_back(column + static_cast<int>(left.row_type.size()));
  if (kind == joins::JoinKind::inner && covers(left_keys, left.unique_key)) return right_part;
  std::vector<int> both = left.unique_key;
  both.insert(both.end(), right_part.begin(), right_part.end());
  return both;
}

Relation join(joins::JoinKind kind, Relation left, Relation right, const JoinKeys& keys,
              ColumnIds& ids) {
  joins::Join node;
  node.kind = kind;
  left = extend(std::move(left), keys.left, ids, &node.left_keys);
  right = extend(std::move(right), keys.right, ids, &node.right_keys);
  auto plan = std::make_unique<joins::Plan>();
  plan->unique_key =
      joined_unique_key(kind, *left.plan, *right.plan, node.left_keys, node.right_keys);
  plan->row_type = left.plan->row_type;
  plan->row_type.insert(plan->row_type.end(), right.plan->row_type.begin(),
                        right.plan->row_type.end());
  node.left = std::move(left.plan);
  node.right = std::move(right.plan);
  plan->node = std::move(node);
  std::vector<int> column_ids = std::move(left.column_ids);
  column_ids.insert(column_ids.end(), right.column_ids.begin(), right.column_ids.end());
  return {std::move(plan), std::move(column_ids)};
}

// --- Inner joins ---------------------------------------------------------------------------------

// What inner joins (and commas) bring together: in any order the result is the same.
struct InnerItem {
  JoinTreePtr tree;
  int offset = -1;
};

void flatten(JoinTreePtr tree, int offset, std::vector<InnerItem>* items,
             std::vector<Conjunct>* conjuncts) {
  auto* join = std::get_if<JoinNode>(&tree->node);
  if (!join || join->kind != joins::JoinKind::inner) {
    items->push_back({std::move(tree), offset});
    return;
  }
  flatten(std::move(join->left), offset, items, conjuncts);
  flatten(std::move(join->right), join->offset, items, conjuncts);
  std::move(join->on.begin(), join->on.end(), std::back_inserter(*conjuncts));
}

SqlError no_join_key(int offset) {
  return sql_error(sqlstate::kNotSupported, offset,
                   "this is joined without an equality between columns",
                   "a cross join is not supported: add a condition like a.id = b.a_id");
}

// An item's plan, and where it stands in the text.
struct Joinable {
  Relation relation;
  int offset = -1;
};

// The first of ITEMS that an equality binds to JOINED.
std::optional<size_t> find_partner(const std::set<int>& joined, const std::vector<Joinable>& items,
                                   const std::vector<Conjunct>& conjuncts) {
  for (size_t i = 0; i < items.size(); ++i) {
    std::set<int> ids = ids_of(items[i].relation);
    for (const Conjunct& conjunct : conjuncts)
      if (as_join_key(conjunct, joined, ids)) return i;
  }
  return std::nullopt;
}

SqlResult<Relation> join_inner(std::vector<Joinable> items, std::vector<Conjunct> conjuncts,
                               ColumnIds& ids) {
  Relation joined = std::move(items[0].relation);
  items.erase(items.begin());
  while (!items.empty()) {
    std::set<int> joined_ids = ids_of(joined);
    auto partner = find_partner(joined_ids, items, conjuncts);
    if (!partner) return no_join_key(items[0].offset);
    Relation next = std::move(items[*partner].relation);
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(*partner));
    JoinKeys keys = take_keys(&conjuncts, joined_ids, ids_of(next));
    joined = join(joins::JoinKind::inner, std::move(joined), std::move(next), keys, ids);
    std::set<int> all = ids_of(joined);
    joined = filter(std::move(joined),
                    take(&conjuncts, [&](const Conjunct& c) { return uses_only(c, all); }));
  }
  return filter(std::move(joined), conjuncts);
}

SqlResult<Relation> plan_inner(JoinTreePtr tree, std::vector<Conjunct> conjuncts, ColumnIds& ids) {
  std::vector<InnerItem> items;
  flatten(std::move(tree), -1, &items, &conjuncts);
  std::vector<Joinable> joinables;
  for (InnerItem& item : items) {
    std::set<int> own = ids_of(*item.tree);
    auto pushed = take(&conjuncts, [&](const Conjunct& c) { return uses_only(c, own); });
    LEAT_ASSIGN_OR_RETURN(Relation relation, plan_joins(std::move(item.tree), pushed, ids));
    joinables.push_back({std::move(relation), item.offset});
  }
  return join_inner(std::move(joinables), std::move(conjuncts), ids);
}

// --- Left joins ----------------------------------------------------------------------------------

// A key that is NULL, and so matches nothing, where a condition on the left row does not hold.
SqlResult<ScalarPtr> key_if(const std::vector<Conjunct>& conditions, ScalarPtr key) {
  for (const Conjunct& conjunct : conditions) {
    auto guarded = joins::bind_case(nullptr, {{conjunct.condition, key}}, nullptr);
    if (!guarded.ok())
      return sql_error(sqlstate::kNotSupported, conjunct.offset, guarded.error().message);
    key = std::move(guarded).value();
  }
  return key;
}

// ON's conditions: the right side's own filter it before the join, the left side's own decide
// whether a left row looks for partners.
SqlResult<Relation> plan_left(JoinNode node, std::vector<Conjunct> where, ColumnIds& ids) {
  const std::set<int> left_ids = ids_of(*node.left), right_ids = ids_of(*node.right);
  auto on_left = [&](const Conjunct& c) { return uses_only(c, left_ids); };
  auto on_right = [&](const Conjunct& c) { return uses_only(c, right_ids); };
  std::vector<Conjunct> on = std::move(node.on);
  JoinKeys keys = take_keys(&on, left_ids, right_ids);
  if (keys.left.empty()) return no_join_key(node.offset);
  std::vector<Conjunct> left_conditions = take(&on, on_left);
  std::vector<Conjunct> right_conditions = take(&on, on_right);
  if (!on.empty())
    return not_supported(on[0].offset,
                         "a condition of LEFT JOIN over both sides that is no equality");
  LEAT_ASSIGN_OR_RETURN(keys.left[0], key_if(left_conditions, keys.left[0]));
  std::vector<Conjunct> pushed = take(&where, on_left);
  LEAT_ASSIGN_OR_RETURN(Relation left, plan_joins(std::move(node.left), std::move(pushed), ids));
  LEAT_ASSIGN_OR_RETURN(Relation right,
                        plan_joins(std::move(node.right), std::move(right_conditions), ids));
  return filter(join(joins::JoinKind::left, std::move(left), std::move(right), keys, ids), where);
}

}  // namespace

SqlResult<Relation> plan_joins(JoinTreePtr tree, std::vector<Conjunct> where, ColumnIds& ids) {
  if (auto* relation = std::get_if<Relation>(&tree->node))
    return filter(std::move(*relation), where);
  JoinNode& join = std::get<JoinNode>(tree->node);
  if (join.kind == joins::JoinKind::left) return plan_left(std::move(join), std::move(where), ids);
  return plan_inner(std::move(tree), std::move(where), ids);
}

}  // namespace leat::views::sql

// CASE, COALESCE, NULLIF, GREATEST, LEAST, IN, BETWEEN, LIKE.
#include <algorithm>

#include "joins/scalar/call.h"
#include "joins/scalar/coercion.h"
#include "joins/scalar/functions.h"
#include "joins/scalar/node.h"
#include "joins/scalar/resolve.h"
#include "log/model/key.h"

namespace leat::joins {

namespace {

// Operands: condition, value, condition, value …, value otherwise.
class Case : public Node {
 public:
  Case(Type type, std::vector<ScalarPtr> operands) : Node(type, std::move(operands)) {}

  ScalarResult evaluate(std::span<const Datum> row, Arena& arena) const override {
    size_t last = child_count() - 1;
    for (size_t i = 0; i < last; i += 2) {
      ScalarResult condition = child(i).evaluate(row, arena);
      if (!condition.ok()) [[unlikely]]
        return condition;
      if (!(*condition).is_null() && (*condition).boolean())
        return child(i + 1).evaluate(row, arena);
    }
    return child(last).evaluate(row, arena);
  }
  ScalarPtr with_children(std::vector<ScalarPtr> children) const override {
    return std::make_shared<Case>(type(), std::move(children));
  }
  void print(std::string* out) const override { print_call("CASE", out); }
};

class Coalesce : public Node {
 public:
  Coalesce(Type type, std::vector<ScalarPtr> operands) : Node(type, std::move(operands)) {}

  ScalarResult evaluate(std::span<const Datum> row, Arena& arena) const override {
    for (const ScalarPtr& operand : children()) {
      ScalarResult value = operand->evaluate(row, arena);
      if (!value.ok() || !(*value).is_null()) return value;
    }
    return Datum::null();
  }
  ScalarPtr with_children(std::vector<ScalarPtr> children) const override {
    return std::make_shared<Coalesce>(type(), std::move(children));
  }
  void print(std::string* out) const override { print_call("COALESCE", out); }
};

class NullIf : public Node {
 public:
  NullIf(Type type, std::vector<ScalarPtr> operands, Kernel equal)
      : Node(type, std::move(operands)), equal_(equal) {}

  ScalarResult evaluate(std::span<const Datum> row, Arena& arena) const override {
    ScalarResult left = child(0).evaluate(row, arena);
    if (!left.ok()) [[unlikely]]
      return left;
    ScalarResult right = child(1).evaluate(row, arena);
    if (!right.ok()) [[unlikely]]
      return right;
    if ((*left).is_null() || (*right).is_null()) return left;
    const Datum values[] = {*left, *right};
    ScalarResult equal = equal_(std::span(values), arena);
    if (!equal.ok()) [[unlikely]]
      return equal;
    return (*equal).boolean() ? Datum::null() : *left;
  }
  ScalarPtr with_children(std::vector<ScalarPtr> children) const override {
    return std::make_shared<NullIf>(type(), std::move(children), equal_);
  }
  void print(std::string* out) const override { print_call("NULLIF", out); }

 private:
  Kernel equal_;
};

// GREATEST and LEAST; NULLs do not take part.
class Extreme : public Node {
 public:
  Extreme(Type type, std::vector<ScalarPtr> operands, bool greatest)
      : Node(type, std::move(operands)), greatest_(greatest) {}

  ScalarResult evaluate(std::span<const Datum> row, Arena& arena) const override {
    Datum best;
    for (const ScalarPtr& operand : children()) {
      ScalarResult value = operand->evaluate(row, arena);
      if (!value.ok()) [[unlikely]]
        return value;
      if ((*value).is_null()) continue;
      if (best.is_null() || is_better(*value, best)) best = *value;
    }
    return best;
  }
  ScalarPtr with_children(std::vector<ScalarPtr> children) const override {
    return std::make_shared<Extreme>(type(), std::move(children), greatest_);
  }
  void print(std::string* out) const override { print_call(greatest_ ? "GREATEST" : "LEAST", out); }

 private:
  bool is_better(const Datum& value, const Datum& best) const {
    int order = compare_datums(type().id, value, best);
    return greatest_ ? order > 0 : order < 0;
  }

  bool greatest_;
};

// select_common_type: the type that all others become without being asked; none where there is no
// such.
std::optional<TypeId> common_type(const std::vector<ScalarPtr>& operands, BindError* error,
                                  std::string_view context) {
  OperandType chosen;
  for (const ScalarPtr& operand : operands) {
    OperandType next = operand_type(*operand);
    if (!next || next == chosen) continue;
    if (!chosen) {
      chosen = next;
    } else if (type_category(*next) != type_category(*chosen)) {
      *error = {std::string(context) + " types " + type_name(*chosen) + " and " + type_name(*next) +
                    " cannot be matched",
                "42804", ""};
      return std::nullopt;
    } else if (!is_preferred_type(*chosen) && can_coerce(chosen, *next, CastContext::implicit) &&
               !can_coerce(next, *chosen, CastContext::implicit)) {
      chosen = next;
    }
  }
  return chosen.value_or(TypeId::text);
}

// The modifier that all typed operands share.
int32_t common_modifier(const std::vector<ScalarPtr>& operands) {
  int32_t modifier = operands.front()->type().modifier;
  for (const ScalarPtr& operand : operands) {
    bool same = !is_untyped(*operand) && operand->type().modifier == modifier &&
                operand->type().id == operands.front()->type().id;
    if (!same) return -1;
  }
  return modifier;
}

BindResult<ScalarPtr> bind_extreme(std::vector<ScalarPtr> operands, bool greatest) {
  LEAT_ASSIGN_OR_RETURN(operands,
                        bind_common_type(std::move(operands), greatest ? "GREATEST" : "LEAST"));
  Type type{operands[0]->type().id};
  if (type.id == TypeId::json || type.id == TypeId::jsonb) {
    return BindError{
        std::string("could not identify a comparison function for type ") + type_name(type.id),
        "42883", ""};
  }
  return ScalarPtr(std::make_shared<Extreme>(type, std::move(operands), greatest));
}

bool has_columns(const Scalar& expression) {
  bool found = false;
  visit_columns(expression, [&found](int) { found = true; });
  return found;
}

// Of several values in an IN list, PostgreSQL brings those without columns to one type first.
BindResult<std::vector<ScalarPtr>> unify_list(const ScalarPtr& needle,
                                              std::vector<ScalarPtr> list) {
  std::vector<ScalarPtr> all{needle};
  for (const ScalarPtr& value : list) {
    if (!has_columns(*value)) all.push_back(value);
  }
  if (all.size() < 3) return list;
  BindError ignored;
  auto type = common_type(all, &ignored, "IN");
  if (!type) return list;
  for (ScalarPtr& value : list) {
    if (has_columns(*value)) continue;
    LEAT_ASSIGN_OR_RETURN(value, bind_cast(std::move(value), {*type}, CastContext::implicit));
  }
  return list;
}

}  // namespace

BindResult<std::vector<ScalarPtr>> bind_common_type(std::vector<ScalarPtr> operands,
                                                    std::string_view context) {
  BindError error;
  auto type = common_type(operands, &error, context);
  if (!type) return error;
  Type target{*type, common_modifier(operands)};
  for (ScalarPtr& operand : operands) {
    if (!can_coerce(operand_type(*operand), *type, CastContext::implicit)) {
      return BindError{std::string(context) + " could not convert type " +
                           type_name(operand->type().id) + " to " + type_name(*type),
                       "42846", ""};
    }
    LEAT_ASSIGN_OR_RETURN(operand, bind_cast(std::move(operand), target, CastContext::implicit));
  }
  return operands;
}

BindResult<ScalarPtr> bind_case(ScalarPtr operand, std::vector<CaseBranch> branches,
                                ScalarPtr otherwise) {
  if (operand != nullptr) {
    LEAT_ASSIGN_OR_RETURN(operand, bind_default(std::move(operand)));
  }
  // PostgreSQL looks at ELSE first when it chooses the type.
  std::vector<ScalarPtr> values{otherwise != nullptr ? otherwise : make_untyped(std::nullopt)};
  std::vector<ScalarPtr> children;
  for (CaseBranch& branch : branches) {
    ScalarPtr condition = std::move(branch.when);
    if (operand != nullptr) {
      LEAT_ASSIGN_OR_RETURN(condition, bind_operator("=", {operand, std::move(condition)}));
    }
    LEAT_ASSIGN_OR_RETURN(condition, bind_condition(std::move(condition), "CASE/WHEN"));
    children.push_back(std::move(condition));
    values.push_back(std::move(branch.then));
  }
  LEAT_ASSIGN_OR_RETURN(values, bind_common_type(std::move(values), "CASE"));
  for (size_t i = 1; i < values.size(); ++i) {
    children.insert(children.begin() + static_cast<ptrdiff_t>(2 * i - 1), values[i]);
  }
  children.push_back(values[0]);
  return ScalarPtr(std::make_shared<Case>(values[0]->type(), std::move(children)));
}

BindResult<ScalarPtr> bind_coalesce(std::vector<ScalarPtr> operands) {
  LEAT_ASSIGN_OR_RETURN(operands, bind_common_type(std::move(operands), "COALESCE"));
  Type type = operands[0]->type();
  return ScalarPtr(std::make_shared<Coalesce>(type, std::move(operands)));
}

BindResult<ScalarPtr> bind_nullif(ScalarPtr left, ScalarPtr right) {
  LEAT_ASSIGN_OR_RETURN(auto call, resolve_operator("=", {std::move(left), std::move(right)}));
  Type type = call.arguments[0]->type();
  return ScalarPtr(std::make_shared<NullIf>(type, std::move(call.arguments), call.entry->kernel));
}

BindResult<ScalarPtr> bind_greatest(std::vector<ScalarPtr> operands) {
  return bind_extreme(std::move(operands), true);
}
BindResult<ScalarPtr> bind_least(std::vector<ScalarPtr> operands) {
  return bind_extreme(std::move(operands), false);
}

BindResult<ScalarPtr> bind_in(ScalarPtr needle, std::vector<ScalarPtr> list, bool negated) {
  LEAT_ASSIGN_OR_RETURN(list, unify_list(needle, std::move(list)));
  std::vector<ScalarPtr> tests;
  for (ScalarPtr& value : list) {
    LEAT_ASSIGN_OR_RETURN(auto test,
                          bind_operator(negated ? "<>" : "=", {needle, std::move(value)}));
    tests.push_back(std::move(test));
  }
  return negated ? bind_and(std::move(tests)) : bind_or(std::move(tests));
}

BindResult<ScalarPtr> bind_between(ScalarPtr operand, ScalarPtr low, ScalarPtr high, bool negated) {
  LEAT_ASSIGN_OR_RETURN(auto first, bind_operator(negated ? "<" : ">=", {operand, std::move(low)}));
  LEAT_ASSIGN_OR_RETURN(auto second,
                        bind_operator(negated ? ">" : "<=", {operand, std::move(high)}));
  std::vector<ScalarPtr> both{std::move(first), std::move(second)};
  return negated ? bind_or(std::move(both)) : bind_and(std::move(both));
}

BindResult<ScalarPtr> bind_like(ScalarPtr operand, ScalarPtr pattern, ScalarPtr escape,
                                bool case_insensitive, bool negated) {
  if (escape != nullptr) {
    LEAT_ASSIGN_OR_RETURN(pattern,
                          bind_function("like_escape", {std::move(pattern), std::move(escape)}));
  }
  const char* op = case_insensitive ? (negated ? "!~~*" : "~~*") : (negated ? "!~~" : "~~");
  return bind_operator(op, {std::move(operand), std::move(pattern)});
}

}  // namespace leat::joins

// AND, OR, NOT and the tests that know NULL: three-valued logic.
#include "joins/scalar/coercion.h"
#include "joins/scalar/functions.h"
#include "joins/scalar/node.h"
#include "joins/scalar/resolve.h"

namespace leat::joins {

namespace {

constexpr Type kBoolean{TypeId::boolean};

// AND and OR: the first operand that decides (false, true) ends it; then NULL, if there was one.
class Connective : public Node {
 public:
  Connective(std::vector<ScalarPtr> operands, bool decisive)
      : Node(kBoolean, std::move(operands)), decisive_(decisive) {}

  ScalarResult evaluate(std::span<const Datum> row, Arena& arena) const override {
    bool any_null = false;
    for (const ScalarPtr& operand : children()) {
      ScalarResult value = operand->evaluate(row, arena);
      if (!value.ok()) [[unlikely]]
        return value;
      if ((*value).is_null()) {
        any_null = true;
      } else if ((*value).boolean() == decisive_) {
        return value;
      }
    }
    return any_null ? Datum::null() : Datum::of_bool(!decisive_);
  }
  ScalarPtr with_children(std::vector<ScalarPtr> children) const override {
    return std::make_shared<Connective>(std::move(children), decisive_);
  }
  void print(std::string* out) const override { print_call(decisive_ ? "OR" : "AND", out); }

 private:
  bool decisive_;
};

class Not : public Node {
 public:
  explicit Not(std::vector<ScalarPtr> operand) : Node(kBoolean, std::move(operand)) {}

  ScalarResult evaluate(std::span<const Datum> row, Arena& arena) const override {
    ScalarResult value = child(0).evaluate(row, arena);
    if (!value.ok() || (*value).is_null()) return value;
    return Datum::of_bool(!(*value).boolean());
  }
  ScalarPtr with_children(std::vector<ScalarPtr> children) const override {
    return std::make_shared<Not>(std::move(children));
  }
  void print(std::string* out) const override { print_call("NOT", out); }
};

class IsNull : public Node {
 public:
  IsNull(std::vector<ScalarPtr> operand, bool negated)
      : Node(kBoolean, std::move(operand)), negated_(negated) {}

  ScalarResult evaluate(std::span<const Datum> row, Arena& arena) const override {
    ScalarResult value = child(0).evaluate(row, arena);
    if (!value.ok()) [[unlikely]]
      return value;
    return Datum::of_bool((*value).is_null() != negated_);
  }
  ScalarPtr with_children(std::vector<ScalarPtr> children) const override {
    return std::make_shared<IsNull>(std::move(children), negated_);
  }
  void print(std::string* out) const override {
    print_call(negated_ ? "IS NOT NULL" : "IS NULL", out);
  }

 private:
  bool negated_;
};

class IsTruth : public Node {
 public:
  IsTruth(std::vector<ScalarPtr> operand, bool wanted, bool negated)
      : Node(kBoolean, std::move(operand)), wanted_(wanted), negated_(negated) {}

  ScalarResult evaluate(std::span<const Datum> row, Arena& arena) const override {
    ScalarResult value = child(0).evaluate(row, arena);
    if (!value.ok()) [[unlikely]]
      return value;
    bool holds = !(*value).is_null() && (*value).boolean() == wanted_;
    return Datum::of_bool(holds != negated_);
  }
  ScalarPtr with_children(std::vector<ScalarPtr> children) const override {
    return std::make_shared<IsTruth>(std::move(children), wanted_, negated_);
  }
  void print(std::string* out) const override {
    print_call(std::string(negated_ ? "IS NOT " : "IS ") + (wanted_ ? "TRUE" : "FALSE"), out);
  }

 private:
  bool wanted_;
  bool negated_;
};

// EQUAL is = on the operands' types.
class Distinct : public Node {
 public:
  Distinct(std::vector<ScalarPtr> operands, Kernel equal, bool negated)
      : Node(kBoolean, std::move(operands)), equal_(equal), negated_(negated) {}

  ScalarResult evaluate(std::span<const Datum> row, Arena& arena) const override {
    ScalarResult left = child(0).evaluate(row, arena);
    if (!left.ok()) [[unlikely]]
      return left;
    ScalarResult right = child(1).evaluate(row, arena);
    if (!right.ok()) [[unlikely]]
      return right;
    if ((*left).is_null() || (*right).is_null()) {
      return Datum::of_bool(((*left).is_null() != (*right).is_null()) != negated_);
    }
    const Datum values[] = {*left, *right};
    ScalarResult equal = equal_(std::span(values), arena);
    if (!equal.ok()) [[unlikely]]
      return equal;
    return Datum::of_bool((*equal).boolean() == negated_);
  }
  ScalarPtr with_children(std::vector<ScalarPtr> children) const override {
    return std::make_shared<Distinct>(std::move(children), equal_, negated_);
  }
  void print(std::string* out) const override {
    print_call(negated_ ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM", out);
  }

 private:
  Kernel equal_;
  bool negated_;
};

BindResult<ScalarPtr> connect(std::vector<ScalarPtr> operands, bool decisive) {
  for (ScalarPtr& operand : operands) {
    LEAT_ASSIGN_OR_RETURN(operand, bind_condition(std::move(operand), decisive ? "OR" : "AND"));
  }
  if (operands.size() == 1) return operands[0];
  return ScalarPtr(std::make_shared<Connective>(std::move(operands), decisive));
}

std::string test_name(TruthTest test, bool negated) {
  std::string name = negated ? "IS NOT " : "IS ";
  return name + (test == TruthTest::is_true    ? "TRUE"
                 : test == TruthTest::is_false ? "FALSE"
                                               : "UNKNOWN");
}

}  // namespace

BindResult<ScalarPtr> bind_and(std::vector<ScalarPtr> operands) {
  return connect(std::move(operands), false);
}
BindResult<ScalarPtr> bind_or(std::vector<ScalarPtr> operands) {
  return connect(std::move(operands), true);
}

BindResult<ScalarPtr> bind_not(ScalarPtr operand) {
  LEAT_ASSIGN_OR_RETURN(operand, bind_condition(std::move(operand), "NOT"));
  return ScalarPtr(std::make_shared<Not>(std::vector{std::move(operand)}));
}

BindResult<ScalarPtr> bind_condition(ScalarPtr operand, std::string_view context) {
  OperandType type = operand_type(*operand);
  if (type == OperandType(TypeId::boolean)) return operand;
  if (can_coerce(type, TypeId::boolean, CastContext::assignment)) {
    return bind_cast(std::move(operand), kBoolean, CastContext::assignment);
  }
  return BindError{"argument of " + std::string(context) + " must be type boolean, not type " +
                       operand_type_name(type),
                   "42804", ""};
}

BindResult<ScalarPtr> bind_is_null(ScalarPtr operand, bool negated) {
  LEAT_ASSIGN_OR_RETURN(operand, bind_default(std::move(operand)));
  return ScalarPtr(std::make_shared<IsNull>(std::vector{std::move(operand)}, negated));
}

BindResult<ScalarPtr> bind_truth_test(ScalarPtr operand, TruthTest test, bool negated) {
  LEAT_ASSIGN_OR_RETURN(operand, bind_condition(std::move(operand), test_name(test, negated)));
  if (test == TruthTest::is_unknown) return bind_is_null(std::move(operand), negated);
  return ScalarPtr(std::make_shared<IsTruth>(std::vector{std::move(operand)},
                                             test == TruthTest::is_true, negated));
}

BindResult<ScalarPtr> bind_distinct(ScalarPtr left, ScalarPtr right, bool negated) {
  LEAT_ASSIGN_OR_RETURN(auto call, resolve_operator("=", {std::move(left), std::move(right)}));
  return ScalarPtr(
      std::make_shared<Distinct>(std::move(call.arguments), call.entry->kernel, negated));
}

}  // namespace leat::joins

#include "views/sql/output_name.h"

namespace leat::views::sql {
namespace {

// A weak name (a cast's type, CASE) gives way to a strong one of the operand inside.
enum class Strength : uint8_t { none, weak, strong };

struct Named {
  std::string name;
  Strength strength = Strength::none;
};

Named name_of(const ast::Expr& expr);

Named or_weak(Named inner, std::string name) {
  if (inner.strength == Strength::strong) return inner;
  return {std::move(name), Strength::weak};
}

struct Visitor {
  Named operator()(const ast::ColumnRef& node) const {
    return {node.path.back(), Strength::strong};
  }
  Named operator()(const ast::Call& node) const { return {node.function, Strength::strong}; }
  Named operator()(const ast::NullIf&) const { return {"nullif", Strength::strong}; }
  Named operator()(const ast::Cast& node) const {
    return or_weak(name_of(*node.argument), node.type.name);
  }
  Named operator()(const ast::Case& node) const {
    return or_weak(node.otherwise ? name_of(*node.otherwise) : Named(), "case");
  }
  Named operator()(const ast::Variadic& node) const {
    switch (node.kind) {
      case ast::VariadicKind::coalesce:
        return {"coalesce", Strength::strong};
      case ast::VariadicKind::greatest:
        return {"greatest", Strength::strong};
      default:
        return {"least", Strength::strong};
    }
  }
  template <class Other>
  Named operator()(const Other&) const {
    return {};
  }
};

Named name_of(const ast::Expr& expr) {
  return std::visit(Visitor(), expr.node);
}

}  // namespace

std::string output_name(const ast::Expr& expr) {
  Named named = name_of(expr);
  return named.strength == Strength::none ? "?column?" : named.name;
}

}  // namespace leat::views::sql

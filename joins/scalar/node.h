// What the scalar nodes share.
#pragma once

#include <utility>
#include <vector>

#include "joins/scalar/scalar.h"

namespace leat::joins {

// A node over operands. CLONE: the same node over others.
class Node : public Scalar {
 public:
  std::span<const ScalarPtr> children() const override { return children_; }

 protected:
  Node(Type type, std::vector<ScalarPtr> children) : Scalar(type), children_(std::move(children)) {}

  const Scalar& child(size_t index) const { return *children_[index]; }
  size_t child_count() const { return children_.size(); }

  // "NAME(child, child)"
  void print_call(std::string_view name, std::string* out) const {
    out->append(name).push_back('(');
    for (size_t i = 0; i < children_.size(); ++i) {
      if (i != 0) out->append(", ");
      children_[i]->print(out);
    }
    out->push_back(')');
  }

 private:
  std::vector<ScalarPtr> children_;
};

}  // namespace leat::joins

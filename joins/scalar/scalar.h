// A scalar expression: columns of a row in, one value out. Immutable; any thread.
//
// Expressions are made by joins/scalar/expression.h (leaves) and joins/scalar/functions.h
// (everything that has operands), which check and complete the types as PostgreSQL does.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "log/base/arena.h"
#include "log/base/status.h"
#include "log/model/datum.h"
#include "log/model/type.h"

namespace leat::joins {

// A row whose expression fails (1/0): data, not a failure of the program. PostgreSQL's sentence and
// SQLSTATE.
struct RowError {
  std::string message;
  std::string sqlstate;
};

using ScalarResult = Result<Datum, RowError>;

class Scalar;
using ScalarPtr = std::shared_ptr<const Scalar>;

class Scalar {
 public:
  virtual ~Scalar() = default;

  // ROW holds the columns that the expression was bound to. The result may point into the row, the
  // expression, or ARENA.
  virtual ScalarResult evaluate(std::span<const Datum> row, Arena& arena) const = 0;

  const Type& type() const { return type_; }

  // The operands, in the order of the text; none for a leaf.
  virtual std::span<const ScalarPtr> children() const { return {}; }
  // The same expression over other operands, of the same number and types.
  virtual ScalarPtr with_children(std::vector<ScalarPtr> children) const = 0;
  // Appends the expression as text, columns as $COLUMN[n]: equal texts are equal expressions.
  virtual void print(std::string* out) const = 0;

 protected:
  explicit Scalar(Type type) : type_(type) {}

 private:
  Type type_;
};

}  // namespace leat::joins

// A scalar expression: columns of a row in, one value out. Immutable; any thread.
#pragma once

#include <memory>
#include <span>
#include <string>

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

class Scalar {
 public:
  virtual ~Scalar() = default;

  // ROW holds the columns that the expression was bound to. The result may point into the row, the
  // expression, or ARENA.
  virtual Result<Datum, RowError> evaluate(std::span<const Datum> row, Arena& arena) const = 0;

  const Type& type() const { return type_; }

 protected:
  explicit Scalar(Type type) : type_(type) {}

 private:
  Type type_;
};

using ScalarPtr = std::shared_ptr<const Scalar>;

}  // namespace leat::joins

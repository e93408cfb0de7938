// $1, $2 … of one statement.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "joins/scalar/expression.h"
#include "views/sql/error.h"

namespace leat::views::sql {

// While planning: gives each parameter its type from where it stands (as PostgreSQL does, the first
// place that tells decides), and its value where there is one. One thread.
class Parameters {
 public:
  // No parameters are allowed: in a view.
  Parameters() = default;
  // As plan_query's arguments; VALUES must outlive this.
  static SqlResult<Parameters> create(const std::vector<uint32_t>& declared_types,
                                      const std::vector<Parameter>& values);

  // The constant, or a literal that is yet untyped.
  SqlResult<joins::ScalarPtr> bind(int number, int offset);
  // After planning. A gap ($2 without $1) has no type.
  SqlResult<std::vector<Type>> types() const;

 private:
  bool allowed_ = false;
  const std::vector<Parameter>* values_ = nullptr;
  std::vector<std::shared_ptr<joins::ParameterSlot>> slots_;  // null: not yet seen
};

}  // namespace leat::views::sql

// Lets through the rows for which a condition is true.
#pragma once

#include "joins/operator.h"
#include "joins/scalar/scalar.h"

namespace leat::joins {

class FilterOperator final : public Operator {
 public:
  FilterOperator(OperatorPtr input, ScalarPtr condition, std::string error_prefix);

  Status step(StepOutput& out) override;

 private:
  OperatorPtr input_;
  ScalarPtr condition_;
  std::string error_prefix_;
  RowReader reader_;
  StepOutput in_;
};

}  // namespace leat::joins

// Lets through the rows for which a condition is true.
#pragma once

#include "joins/operator.h"
#include "joins/scalar/scalar.h"
#include "joins/step_meter.h"

namespace leat::joins {

class FilterOperator final : public Operator {
 public:
  FilterOperator(OperatorPtr input, ScalarPtr condition, std::string error_prefix,
                 StepMeter& meter);

  Status step(StepOutput& out) override;

 private:
  OperatorPtr input_;
  ScalarPtr condition_;
  std::string error_prefix_;
  StepMeter& meter_;
  RowReader reader_;
  StepOutput in_;
};

}  // namespace leat::joins

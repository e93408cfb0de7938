// Computes the columns of its output rows, one expression each.
#pragma once

#include <vector>

#include "joins/operator.h"
#include "joins/scalar/scalar.h"
#include "joins/step_meter.h"

namespace leat::joins {

class MapOperator final : public Operator {
 public:
  MapOperator(OperatorPtr input, std::vector<ScalarPtr> columns, std::string error_prefix,
              StepMeter& meter);

  Status step(StepOutput& out) override;

 private:
  // The first column that fails decides the row's error.
  Result<Ok, RowError> compute(std::span<const Datum> row);
  // values_, as the row in DELTA's place. Returns how many bytes are held for it.
  size_t give(const Delta& delta, DeltaBatch& out);

  OperatorPtr input_;
  std::vector<ScalarPtr> columns_;
  std::string error_prefix_;
  StepMeter& meter_;
  RowReader reader_;
  StepOutput in_;
  Arena arena_;  // what the values of the row at hand point into
  std::vector<Datum> values_;
  std::string scratch_;
};

}  // namespace leat::joins

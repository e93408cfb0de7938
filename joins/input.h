// The leaf: rows of a topic, cut down to the columns that are used.
#pragma once

#include <string_view>
#include <vector>

#include "joins/operator.h"
#include "joins/step_meter.h"

namespace leat::joins {

class InputOperator final : public Operator {
 public:
  // COLUMNS of TOPIC_ROW_TYPE.
  InputOperator(RowType topic_row_type, std::vector<int> columns, StepMeter& meter);

  // A full row of the topic, for the next step; copied as far as needed. Rows may be corrupt bytes:
  // step() says so.
  void add(std::string_view row, int32_t diff);

  Status step(StepOutput& out) override;

 private:
  void add_pruned(std::string_view row, int32_t diff);

  RowReader reader_;
  std::vector<int> columns_;
  bool keeps_all_;
  std::vector<Datum> kept_;
  std::string scratch_;
  Status corrupt_;
  StepMeter& meter_;
  DeltaBatch pending_;
  DeltaBatch given_;
};

}  // namespace leat::joins

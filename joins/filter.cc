#include "joins/filter.h"

#include <utility>

namespace leat::joins {

FilterOperator::FilterOperator(OperatorPtr input, ScalarPtr condition, std::string error_prefix,
                               StepMeter& meter)
    : Operator(input->row_type()),
      input_(std::move(input)),
      condition_(std::move(condition)),
      error_prefix_(std::move(error_prefix)),
      meter_(meter),
      reader_(row_type()) {}

Status FilterOperator::step(StepOutput& out) {
  in_.clear();
  LEAT_RETURN_IF_ERROR(input_->step(in_));
  move_errors(in_, out);
  Arena arena;
  for (const Delta& delta : in_.rows.deltas()) {
    LEAT_RETURN_IF_ERROR(reader_.read(delta.row));
    const ScalarResult passes = condition_->evaluate(reader_.values(), arena);
    size_t held = 0;
    if (!passes.ok()) {
      held = give_error(row_error(error_prefix_, delta, passes.error()), out);
    } else if (!passes->is_null() && passes->boolean()) {
      out.rows.add_owned(delta.row, delta.diff);
      held = kDeltaOverheadBytes;
    }
    arena.clear();
    if (!meter_.hold(held)) return StepMeter::given_up();
  }
  return Ok{};
}

}  // namespace leat::joins

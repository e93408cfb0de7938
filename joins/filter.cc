#include "joins/filter.h"

#include <utility>

namespace leat::joins {

FilterOperator::FilterOperator(OperatorPtr input, ScalarPtr condition, std::string error_prefix)
    : Operator(input->row_type()),
      input_(std::move(input)),
      condition_(std::move(condition)),
      error_prefix_(std::move(error_prefix)),
      reader_(row_type()) {}

Status FilterOperator::step(StepOutput& out) {
  in_.clear();
  LEAT_RETURN_IF_ERROR(input_->step(in_));
  move_errors(in_, out);
  Arena arena;
  for (const Delta& delta : in_.rows.deltas()) {
    LEAT_RETURN_IF_ERROR(reader_.read(delta.row));
    const ScalarResult passes = condition_->evaluate(reader_.values(), arena);
    if (!passes.ok()) {
      out.errors.push_back(row_error(error_prefix_, delta, passes.error()));
    } else if (!passes->is_null() && passes->boolean()) {
      out.rows.add_owned(delta.row, delta.diff);
    }
    arena.clear();
  }
  return Ok{};
}

}  // namespace leat::joins

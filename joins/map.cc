#include "joins/map.h"

#include <utility>

#include "joins/scalar/row_limit.h"

namespace leat::joins {
namespace {

RowType types_of(const std::vector<ScalarPtr>& columns) {
  RowType out;
  for (const ScalarPtr& column : columns) out.push_back(column->type());
  return out;
}

}  // namespace

MapOperator::MapOperator(OperatorPtr input, std::vector<ScalarPtr> columns,
                         std::string error_prefix, StepMeter& meter)
    : Operator(types_of(columns)),
      input_(std::move(input)),
      columns_(std::move(columns)),
      error_prefix_(std::move(error_prefix)),
      meter_(meter),
      reader_(input_->row_type()),
      values_(columns_.size()) {}

Result<Ok, RowError> MapOperator::compute(std::span<const Datum> row) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    const ScalarResult value = columns_[i]->evaluate(row, arena_);
    if (!value.ok()) return value.error();
    values_[i] = *value;
  }
  if (is_too_large(values_)) [[unlikely]]
    return row_too_large();
  return Ok{};
}

Status MapOperator::step(StepOutput& out) {
  in_.clear();
  LEAT_RETURN_IF_ERROR(input_->step(in_));
  move_errors(in_, out);
  for (const Delta& delta : in_.rows.deltas()) {
    arena_.clear();
    LEAT_RETURN_IF_ERROR(reader_.read(delta.row));
    const auto computed = compute(reader_.values());
    const size_t held = computed.ok()
                            ? give(delta, out.rows)
                            : give_error(row_error(error_prefix_, delta, computed.error()), out);
    if (!meter_.hold(held)) return StepMeter::given_up();
  }
  return Ok{};
}

size_t MapOperator::give(const Delta& delta, DeltaBatch& out) {
  scratch_.clear();
  append_row(row_type(), values_, &scratch_);
  out.add(scratch_, delta.diff);
  return scratch_.size() + kDeltaOverheadBytes;
}

}  // namespace leat::joins

#include "joins/input.h"

#include <utility>

namespace leat::joins {
namespace {

RowType pick(const RowType& type, const std::vector<int>& columns) {
  RowType out;
  for (int column : columns) out.push_back(type.at(static_cast<size_t>(column)));
  return out;
}

bool is_all(const std::vector<int>& columns, size_t count) {
  if (columns.size() != count) return false;
  for (size_t i = 0; i < count; ++i) {
    if (columns[i] != static_cast<int>(i)) return false;
  }
  return true;
}

}  // namespace

InputOperator::InputOperator(RowType topic_row_type, std::vector<int> columns, StepMeter& meter)
    : Operator(pick(topic_row_type, columns)),
      reader_(std::move(topic_row_type)),
      columns_(std::move(columns)),
      keeps_all_(is_all(columns_, reader_.type().size())),
      kept_(columns_.size()),
      meter_(meter) {}

void InputOperator::add(std::string_view row, int32_t diff) {
  if (keeps_all_) {
    pending_.add(row, diff);
  } else {
    add_pruned(row, diff);
  }
}

void InputOperator::add_pruned(std::string_view row, int32_t diff) {
  if (Status read = reader_.read(row); !read.ok()) {
    corrupt_ = read;
    return;
  }
  for (size_t i = 0; i < columns_.size(); ++i) {
    kept_[i] = reader_.values()[static_cast<size_t>(columns_[i])];
  }
  scratch_.clear();
  append_row(row_type(), kept_, &scratch_);
  pending_.add(scratch_, diff);
}

Status InputOperator::step(StepOutput& out) {
  LEAT_RETURN_IF_ERROR(corrupt_);
  given_.clear();
  std::swap(given_, pending_);
  const size_t held = given_.arena().used() + given_.size() * kDeltaOverheadBytes;
  if (!meter_.hold(held)) return StepMeter::given_up();
  given_.consolidate();
  auto& rows = out.rows.deltas();
  rows.insert(rows.end(), given_.deltas().begin(), given_.deltas().end());
  return Ok{};
}

}  // namespace leat::joins

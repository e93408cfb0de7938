#include "joins/join.h"

#include <utility>

#include "joins/row_concat.h"

namespace leat::joins {
namespace {

RowType joined(const RowType& left, const RowType& right) {
  RowType out = left;
  out.insert(out.end(), right.begin(), right.end());
  return out;
}

}  // namespace

JoinOperator::JoinOperator(JoinKind kind, Side left, Side right, StepMeter& meter)
    : Operator(joined(left.input->row_type(), right.input->row_type())),
      kind_(kind),
      left_(std::move(left)),
      right_(std::move(right)),
      meter_(meter) {}

Status JoinOperator::step(StepOutput& out) {
  LEAT_RETURN_IF_ERROR(take(left_, left_step_, out));
  LEAT_RETURN_IF_ERROR(take(right_, right_step_, out));
  LEAT_RETURN_IF_ERROR(join_left_deltas(out.rows));
  if (given_up_) return StepMeter::given_up();
  left_.arrangement->apply(left_step_.batch);
  LEAT_RETURN_IF_ERROR(join_right_deltas(out.rows));
  if (given_up_) return StepMeter::given_up();
  right_.arrangement->apply(right_step_.batch);
  return Ok{};
}

Status JoinOperator::take(Side& side, SideStep& step, StepOutput& out) {
  step.in.clear();
  LEAT_RETURN_IF_ERROR(side.input->step(step.in));
  move_errors(step.in, out);
  step.in.rows.consolidate();
  LEAT_RETURN_IF_ERROR(side.arrangement->key(step.in.rows, step.batch));
  if (!meter_.hold(step.batch.held_bytes())) return StepMeter::given_up();
  step.by_join_key.start(step.batch.deltas().size());
  for (const KeyedDelta& keyed : step.batch.deltas()) {
    if (keyed.joinable) {
      step.by_join_key.add(keyed.join_key());
    } else {
      step.by_join_key.skip();
    }
  }
  return Ok{};
}

// ΔA ⋈ B_old.
Status JoinOperator::join_left_deltas(DeltaBatch& out) {
  const SideStep& left = left_step_;
  std::vector<bool> matched(left.by_join_key.keys().size());
  auto match = [&](size_t group, std::string_view right_row) {
    matched[group] = true;
    if (given_up_) return;
    left.by_join_key.for_each_member(group, [&](size_t i) {
      emit(left.delta(i).delta.row, right_row, left.delta(i).delta.diff, out);
    });
  };
  LEAT_RETURN_IF_ERROR(right_.arrangement->probe(left.by_join_key.keys(), match));
  if (kind_ == JoinKind::inner) return Ok{};
  for (size_t group = 0; group < matched.size(); ++group) {
    if (matched[group]) continue;
    left.by_join_key.for_each_member(group, [&](size_t i) {
      emit_nulls(left.delta(i).delta.row, left.delta(i).delta.diff, out);
    });
  }
  for (const KeyedDelta& keyed : left.batch.deltas()) {
    if (!keyed.joinable) emit_nulls(keyed.delta.row, keyed.delta.diff, out);
  }
  return Ok{};
}

// A_new ⋈ ΔB.
Status JoinOperator::join_right_deltas(DeltaBatch& out) {
  const SideStep& right = right_step_;
  const auto keys = right.by_join_key.keys();
  null_changes_.assign(keys.size(), 0);
  if (kind_ == JoinKind::left) LEAT_RETURN_IF_ERROR(find_null_changes());
  return left_.arrangement->probe(keys, [&](size_t group, std::string_view left_row) {
    if (given_up_) return;
    right.by_join_key.for_each_member(group, [&](size_t i) {
      emit(left_row, right.delta(i).delta.row, right.delta(i).delta.diff, out);
    });
    if (null_changes_[group] != 0) emit_nulls(left_row, null_changes_[group], out);
  });
}

Status JoinOperator::find_null_changes() {
  const SideStep& right = right_step_;
  const auto keys = right.by_join_key.keys();
  std::vector<int64_t> matches_before(keys.size());
  auto count = [&](size_t group, std::string_view) { ++matches_before[group]; };
  LEAT_RETURN_IF_ERROR(right_.arrangement->probe(keys, count));
  for (size_t group = 0; group < keys.size(); ++group) {
    int64_t after = matches_before[group];
    right.by_join_key.for_each_member(group, [&](size_t i) { after += right.delta(i).delta.diff; });
    null_changes_[group] = static_cast<int32_t>(after == 0) - (matches_before[group] == 0);
  }
  return Ok{};
}

void JoinOperator::emit(std::string_view left, std::string_view right, int32_t diff,
                        DeltaBatch& out) {
  if (given_up_) return;
  const size_t left_columns = left_.input->row_type().size();
  const size_t right_columns = right_.input->row_type().size();
  give(concat_rows(left, left_columns, right, right_columns, out.arena()), diff, out);
}

void JoinOperator::emit_nulls(std::string_view left, int32_t diff, DeltaBatch& out) {
  if (given_up_) return;
  const size_t left_columns = left_.input->row_type().size();
  const size_t right_columns = right_.input->row_type().size();
  give(concat_nulls(left, left_columns, right_columns, out.arena()), diff, out);
}

void JoinOperator::give(std::string_view row, int32_t diff, DeltaBatch& out) {
  out.add_owned(row, diff);
  given_up_ = !meter_.hold(row.size() + kDeltaOverheadBytes);
}

}  // namespace leat::joins

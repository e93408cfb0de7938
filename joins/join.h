// The equi-join of two relations, inner or left outer.
//
//   Δout = ΔA ⋈ B_old  +  A_new ⋈ ΔB
//
// where A_new = A_old + ΔA. That is all there is to it, for N-way and self-joins too: a relation
// that stands on both sides is two arrangements, each moved in its own turn.
//
// A left join adds, for each left row without a match, the row extended with NULLs:
//   - ΔA brings or takes such a row where B_old has no match;
//   - then, where ΔB makes the first match of a join key appear (or the last one go), the extended
//     rows of A_new with that key go (or come).
#pragma once

#include <string>
#include <vector>

#include "joins/arrangement.h"
#include "joins/grouper.h"
#include "joins/operator.h"
#include "joins/plan.h"
#include "joins/step_meter.h"

namespace leat::joins {

class JoinOperator final : public Operator {
 public:
  struct Side {
    OperatorPtr input;
    std::unique_ptr<Arrangement> arrangement;
  };

  JoinOperator(JoinKind kind, Side left, Side right, StepMeter& meter);

  Status step(StepOutput& out) override;

 private:
  // A side's part in one step.
  struct SideStep {
    StepOutput in;
    KeyedBatch batch;
    Grouper by_join_key;  // members are batch.deltas()

    const KeyedDelta& delta(size_t index) const { return batch.deltas()[index]; }
  };

  Status take(Side& side, SideStep& step, StepOutput& out);
  Status join_left_deltas(DeltaBatch& out);
  Status join_right_deltas(DeltaBatch& out);
  // By group of the right deltas: what the NULL-extended rows of that join key do: +1 come, -1 go.
  Status find_null_changes();

  // Once the step is given up nothing more is emitted.
  void emit(std::string_view left, std::string_view right, int32_t diff, DeltaBatch& out);
  void emit_nulls(std::string_view left, int32_t diff, DeltaBatch& out);
  void give(std::string_view row, int32_t diff, DeltaBatch& out);

  JoinKind kind_;
  Side left_;
  Side right_;
  StepMeter& meter_;
  bool given_up_ = false;
  SideStep left_step_;
  SideStep right_step_;
  std::vector<int32_t> null_changes_;
};

}  // namespace leat::joins

// One row a group: the group columns, then the aggregates.
//
//   groups: group key → rows in it, each call's accumulator, what was given out last
//
// A step takes each group that it touches from what was given out to what follows from the new
// state. A group vanishes with its last row; without group columns there is one group, which never
// does. Where group values are equal but print differently (1.0 and 1.00), the group shows those of
// the row that began it. A result that cannot be (a sum out of range) is an error in place of the
// row.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "joins/accumulator.h"
#include "joins/extremes.h"
#include "joins/grouper.h"
#include "joins/operator.h"
#include "joins/plan.h"
#include "joins/state_unit.h"
#include "joins/step_meter.h"
#include "log/base/bytes.h"

namespace leat::joins {

class AggregateOperator final : public Operator {
 public:
  // Keeps its groups in STATE by NAME. A call that Leat does not have is a permanent error.
  static Result<std::unique_ptr<AggregateOperator>> open(StateUnit& state, const std::string& name,
                                                         OperatorPtr input, const Aggregate& plan,
                                                         std::string error_prefix,
                                                         StepMeter& meter);

  Status step(StepOutput& out) override;

 private:
  struct Call {
    int argument = -1;                         // -1: the rows themselves are counted
    std::unique_ptr<Accumulator> accumulator;  // or:
    std::unique_ptr<Extremes> extremes;
  };
  // What was given out for a group: a row, an error, or nothing.
  struct Given {
    std::string_view row;
    std::string_view error;
    std::string_view sqlstate;
    friend bool operator==(const Given&, const Given&) = default;
  };
  struct Group {
    int64_t rows = 0;
    // The group columns as they print → how many rows print so. One, not counted, where equal
    // values always print the same.
    std::map<std::string_view, int64_t> forms;
    Given given;

    std::string_view shown() const {
      return forms.empty() ? std::string_view() : forms.begin()->first;
    }
  };

  AggregateOperator(RowType row_type, OperatorPtr input, std::vector<int> group_columns,
                    std::vector<Call> calls, store::BufferedTable& groups, std::string error_prefix,
                    StepMeter& meter);

  static Result<Call> open_call(StateUnit& state, const std::string& name,
                                const AggregateCall& plan, const RowType& input);
  Status group_deltas();
  Status take_extremes();
  Status take_extremes(const Call& call, size_t group);
  Status load_states();
  Status step_group(size_t group, StepOutput& out);
  // What arena_ has grown by since the last look, and BYTES, are held.
  [[nodiscard]] bool hold_arena(size_t bytes = 0);
  Status load(std::string_view stored, Group& group);
  Status add_members(size_t index, Group& group);
  void add_form(std::span<const Datum> values, int32_t diff, Group& group);
  Result<Given> compute(size_t index, const Group& group);
  // Returns how many bytes are held for it.
  size_t give(size_t index, const Given& before, const Given& now, StepOutput& out);
  void store(size_t index, const Group& group);
  static bool load_forms(ByteReader& reader, Group& group);
  bool is_global() const { return group_columns_.empty(); }

  OperatorPtr input_;
  std::vector<int> group_columns_;
  RowType group_type_;
  bool forms_vary_;  // equal group values may print differently
  RowType result_type_;
  std::vector<Call> calls_;
  store::BufferedTable& groups_;
  std::string error_prefix_;
  StepMeter& meter_;
  RowReader reader_;
  bool started_ = false;

  // Of the step at hand.
  StepOutput in_;
  Arena arena_;
  size_t noted_bytes_ = 0;  // of arena_, by the meter
  Grouper by_group_;        // members are in_.rows
  std::vector<std::string_view> states_;
  std::vector<Datum> results_;
  std::string scratch_;
};

}  // namespace leat::joins

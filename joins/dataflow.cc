#include "joins/dataflow.h"

#include <algorithm>
#include <map>
#include <utility>

#include "joins/aggregate.h"
#include "joins/filter.h"
#include "joins/input.h"
#include "joins/join.h"
#include "joins/map.h"
#include "log/base/check.h"

namespace leat::joins {
namespace {

using InputsByTopic = std::map<std::string, std::vector<InputOperator*>, std::less<>>;

// Wires a plan into operators, from the leaves up. Nodes are numbered in the order of the plan,
// which names their arrangements and their errors: the same plan finds them again.
class Builder {
 public:
  Builder(std::string name, StateUnit& state, StepMeter& meter)
      : name_(std::move(name)), state_(state), meter_(meter) {}

  Result<OperatorPtr> build(const Plan& plan) {
    const std::string node = std::to_string(next_node_++);
    auto built = std::visit([&](const auto& each) { return build(node, plan, each); }, plan.node);
    if (built.ok()) LEAT_CHECK(same_types(built.value()->row_type(), plan.row_type));
    return built;
  }

  InputsByTopic take_inputs() { return std::move(inputs_); }

 private:
  static bool same_types(const RowType& a, const RowType& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Type& x, const Type& y) { return x.id == y.id; });
  }

  Result<OperatorPtr> build(const std::string&, const Plan&, const Input& input) {
    auto out = std::make_unique<InputOperator>(input.topic_row_type, input.columns, meter_);
    inputs_[input.topic].push_back(out.get());
    return OperatorPtr(std::move(out));
  }

  Result<OperatorPtr> build(const std::string& node, const Plan&, const Filter& filter) {
    LEAT_ASSIGN_OR_RETURN(OperatorPtr input, build(*filter.input));
    return OperatorPtr(
        std::make_unique<FilterOperator>(std::move(input), filter.condition, node + ":", meter_));
  }

  Result<OperatorPtr> build(const std::string& node, const Plan&, const Map& map) {
    LEAT_ASSIGN_OR_RETURN(OperatorPtr input, build(*map.input));
    return OperatorPtr(
        std::make_unique<MapOperator>(std::move(input), map.columns, node + ":", meter_));
  }

  Result<OperatorPtr> build(const std::string& node, const Plan&, const Join& join) {
    LEAT_CHECK(!join.left_keys.empty() && join.left_keys.size() == join.right_keys.size());
    LEAT_ASSIGN_OR_RETURN(auto left, build_side(node + "/left", *join.left, join.left_keys));
    LEAT_ASSIGN_OR_RETURN(auto right, build_side(node + "/right", *join.right, join.right_keys));
    return OperatorPtr(
        std::make_unique<JoinOperator>(join.kind, std::move(left), std::move(right), meter_));
  }

  Result<JoinOperator::Side> build_side(const std::string& node, const Plan& plan,
                                        const std::vector<int>& keys) {
    JoinOperator::Side side;
    LEAT_ASSIGN_OR_RETURN(side.input, build(plan));
    LEAT_ASSIGN_OR_RETURN(
        side.arrangement,
        Arrangement::open(state_, name_ + "/" + node, plan.row_type, keys, plan.unique_key));
    return side;
  }

  Result<OperatorPtr> build(const std::string& node, const Plan&, const Aggregate& aggregate) {
    LEAT_ASSIGN_OR_RETURN(OperatorPtr input, build(*aggregate.input));
    LEAT_ASSIGN_OR_RETURN(
        auto out, AggregateOperator::open(state_, name_ + "/" + node, std::move(input), aggregate,
                                          node + ":", meter_));
    return OperatorPtr(std::move(out));
  }

  std::string name_;
  StateUnit& state_;
  StepMeter& meter_;
  InputsByTopic inputs_;
  int next_node_ = 0;
};

class TreeDataflow final : public Dataflow {
 public:
  TreeDataflow(std::unique_ptr<StepMeter> meter, OperatorPtr root, InputsByTopic inputs,
               StateUnit& state)
      : meter_(std::move(meter)),
        root_(std::move(root)),
        inputs_(std::move(inputs)),
        state_(state) {
    for (const auto& [topic, operators] : inputs_) topics_.push_back(topic);
  }

  const std::vector<std::string>& topics() const override { return topics_; }

  void add_input(std::string_view topic, std::string_view row, int32_t diff) override {
    const auto at = inputs_.find(topic);
    LEAT_CHECK(at != inputs_.end());
    for (InputOperator* input : at->second) input->add(row, diff);
  }

  size_t held_bytes() const override { return meter_->held_bytes(); }

  Result<DataflowOutput> step() override {
    out_.clear();
    meter_->start_step();
    LEAT_RETURN_IF_ERROR(root_->step(out_));
    LEAT_RETURN_IF_ERROR(state_.status());
    out_.rows.consolidate();
    DataflowOutput result;
    for (const Delta& delta : out_.rows.deltas()) result.rows.add(delta.row, delta.diff);
    result.errors = std::move(out_.errors);
    consolidate(result.errors);
    return result;
  }

 private:
  std::unique_ptr<StepMeter> meter_;  // the operators' below
  OperatorPtr root_;
  InputsByTopic inputs_;
  StateUnit& state_;
  std::vector<std::string> topics_;
  StepOutput out_;
};

}  // namespace

Result<std::unique_ptr<Dataflow>> Dataflow::create(std::string name, const Plan& plan,
                                                   StateUnit& state, bool fresh, StepGuard guard) {
  if (fresh) LEAT_RETURN_IF_ERROR(erase_state(name, state));
  auto meter = std::make_unique<StepMeter>(std::move(guard));
  Builder builder(std::move(name), state, *meter);
  LEAT_ASSIGN_OR_RETURN(OperatorPtr root, builder.build(plan));
  return std::unique_ptr<Dataflow>(std::make_unique<TreeDataflow>(std::move(meter), std::move(root),
                                                                  builder.take_inputs(), state));
}

Status Dataflow::erase_state(std::string_view name, StateUnit& state) {
  return state.erase_tables(std::string(name) + "/");
}

}  // namespace leat::joins

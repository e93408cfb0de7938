#include <algorithm>
#include <map>
#include <vector>

#include "joins/dataflow.h"
#include "joins/state_unit.h"
#include "log/model/row.h"
#include "views/query_source.h"

namespace leat::views {
namespace {

constexpr size_t kStepBytesMax = 4 << 20;
// A join's rows hold both sides': one step must fit into the budget several times.
constexpr size_t kStepsInBudget = 16;

// Of each topic the key range to read; where the plan reads it twice, a range that holds both.
using KeyPrefixes = std::map<std::string, std::string, std::less<>>;

std::string common_prefix(const std::string& a, const std::string& b) {
  // Only equal ones are kept: a prefix must be whole fields.
  return a == b ? a : std::string();
}

void collect_prefixes(const joins::Plan& plan, const joins::ScalarPtr& condition,
                      KeyPrefixes* prefixes) {
  if (const auto* input = std::get_if<joins::Input>(&plan.node)) {
    std::string prefix = key_prefix(plan, condition);
    auto [known, is_new] = prefixes->emplace(input->topic, prefix);
    if (!is_new) known->second = common_prefix(known->second, prefix);
  } else if (const auto* filter = std::get_if<joins::Filter>(&plan.node)) {
    collect_prefixes(*filter->input, filter->condition, prefixes);
  } else if (const auto* map = std::get_if<joins::Map>(&plan.node)) {
    collect_prefixes(*map->input, nullptr, prefixes);
  } else if (const auto* join = std::get_if<joins::Join>(&plan.node)) {
    collect_prefixes(*join->left, nullptr, prefixes);
    collect_prefixes(*join->right, nullptr, prefixes);
  } else {
    collect_prefixes(*std::get<joins::Aggregate>(plan.node).input, nullptr, prefixes);
  }
}

// Steps a dataflow over the rows of a snapshot and gathers what it gives.
class Computation {
 public:
  Computation(joins::Dataflow& dataflow, joins::StateUnit& state, size_t bytes_max,
              const bool* too_large)
      : dataflow_(dataflow),
        state_(state),
        bytes_max_(bytes_max),
        step_bytes_max_(std::min(kStepBytesMax, bytes_max / kStepsInBudget)),
        too_large_(too_large) {}

  QueryStatus add_topic(const std::string& topic, std::string_view prefix,
                        const ReadSnapshot& snapshot) {
    QueryStatus stepped;
    Status scanned = snapshot.scan(topic, prefix, [&](std::string_view row) {
      dataflow_.add_input(topic, row, +1);
      pending_bytes_ += row.size();
      if (pending_bytes_ >= step_bytes_max_) stepped = step();
      return stepped.ok();
    });
    if (!scanned.ok()) return unreadable(scanned.error());
    return stepped;
  }

  QueryStatus step() {
    pending_bytes_ = 0;
    auto output = dataflow_.step();
    if (!state_.status().ok() || *too_large_) return out_of_memory(bytes_max_);
    if (!output.ok()) return unreadable(output.error());
    for (const joins::Delta& delta : output->rows.deltas()) result_.add(delta.row, delta.diff);
    for (joins::ErrorDelta& error : output->errors) note_error(std::move(error));
    if (result_.arena().used() > consolidated_bytes_ * 2 + kStepBytesMax) consolidate();
    if (result_.arena().used() + state_.stats().memory_bytes > bytes_max_)
      return out_of_memory(bytes_max_);
    return {};
  }

  QueryStatus finish(const RowType& type, const PlanRowCallback& row) {
    if (!errors_.empty())
      return QueryError{errors_.begin()->second.message, errors_.begin()->second.sqlstate};
    result_.consolidate();
    std::vector<Datum> values(type.size());
    for (const joins::Delta& delta : result_.deltas()) {
      Status decoded = decode_row(type, delta.row, values);
      if (!decoded.ok()) return unreadable(decoded.error());
      if (!row(values)) break;
    }
    return {};
  }

 private:
  void note_error(joins::ErrorDelta error) {
    auto [known, is_new] = errors_.emplace(error.key, error);
    if (!is_new) known->second.diff += error.diff;
    if (known->second.diff == 0) errors_.erase(known);
  }

  void consolidate() {
    result_.consolidate();
    joins::DeltaBatch compact;
    for (const joins::Delta& delta : result_.deltas()) compact.add(delta.row, delta.diff);
    result_ = std::move(compact);
    consolidated_bytes_ = result_.arena().used();
  }

  joins::Dataflow& dataflow_;
  joins::StateUnit& state_;
  const size_t bytes_max_;
  const size_t step_bytes_max_;
  const bool* too_large_;
  size_t pending_bytes_ = 0;
  size_t consolidated_bytes_ = 0;
  joins::DeltaBatch result_;
  std::map<std::string, joins::ErrorDelta> errors_;
};

}  // namespace

QueryStatus compute_rows(const joins::Plan& plan, const ReadSnapshot& snapshot, size_t bytes_max,
                         const PlanRowCallback& row) {
  std::unique_ptr<joins::StateUnit> state = joins::StateUnit::in_memory(bytes_max);
  bool too_large = false;
  auto guard = [&](size_t output_bytes) {
    too_large = output_bytes + state->stats().memory_bytes > bytes_max;
    return !too_large && snapshot.goes_on();
  };
  auto dataflow = joins::Dataflow::create("query", plan, *state, true, guard);
  if (!dataflow.ok()) return unreadable(dataflow.error());
  Computation computation(**dataflow, *state, bytes_max, &too_large);
  KeyPrefixes prefixes;
  collect_prefixes(plan, nullptr, &prefixes);
  for (const auto& [topic, prefix] : prefixes)
    LEAT_RETURN_IF_ERROR(computation.add_topic(topic, prefix, snapshot));
  LEAT_RETURN_IF_ERROR(computation.step());
  return computation.finish(plan.row_type, row);
}

}  // namespace leat::views

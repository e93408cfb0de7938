#include <algorithm>
#include <map>
#include <vector>

#include "joins/dataflow.h"
#include "joins/operator.h"
#include "joins/state_unit.h"
#include "log/model/row.h"
#include "views/query_source.h"

namespace leat::views {
namespace {

constexpr size_t kStepBytesMax = 4 << 20;
// A join's rows hold both sides': one step must fit into the budget several times.
constexpr size_t kStepsInBudget = 16;
// A small row costs each operator more than its bytes.
constexpr size_t kRowOverheadBytes = 2 * joins::kDeltaOverheadBytes;

struct TopicRead {
  std::string key_prefix;  // where the plan reads the topic twice, a range that holds both
  size_t inputs = 0;       // how many take its rows, each of which copies them
};
using TopicReads = std::map<std::string, TopicRead, std::less<>>;

std::string common_prefix(const std::string& a, const std::string& b) {
  // Only equal ones are kept: a prefix must be whole fields.
  return a == b ? a : std::string();
}

void collect_reads(const joins::Plan& plan, const joins::ScalarPtr& condition, TopicReads* reads) {
  if (const auto* input = std::get_if<joins::Input>(&plan.node)) {
    std::string prefix = key_prefix(plan, condition);
    TopicRead& read = (*reads)[input->topic];
    read.key_prefix = read.inputs == 0 ? prefix : common_prefix(read.key_prefix, prefix);
    ++read.inputs;
  } else if (const auto* filter = std::get_if<joins::Filter>(&plan.node)) {
    collect_reads(*filter->input, filter->condition, reads);
  } else if (const auto* map = std::get_if<joins::Map>(&plan.node)) {
    collect_reads(*map->input, nullptr, reads);
  } else if (const auto* join = std::get_if<joins::Join>(&plan.node)) {
    collect_reads(*join->left, nullptr, reads);
    collect_reads(*join->right, nullptr, reads);
  } else {
    collect_reads(*std::get<joins::Aggregate>(plan.node).input, nullptr, reads);
  }
}

// What the query may hold: so much in a step, and so much in its state and result between steps
// (which grow by little more in a step than the step holds).
struct Budget {
  const size_t bytes_max;
  bool exceeded = false;

  bool allows(size_t held_bytes) {
    exceeded = exceeded || held_bytes > bytes_max;
    return !exceeded;
  }
};

// Steps a dataflow over the rows of a snapshot and gathers what it gives.
class Computation {
 public:
  Computation(joins::Dataflow& dataflow, joins::StateUnit& state, Budget* budget)
      : dataflow_(dataflow),
        state_(state),
        budget_(*budget),
        step_bytes_max_(std::min(kStepBytesMax, budget->bytes_max / kStepsInBudget)) {}

  QueryStatus add_topic(const std::string& topic, const TopicRead& read,
                        const ReadSnapshot& snapshot) {
    QueryStatus stepped;
    Status scanned = snapshot.scan(topic, read.key_prefix, [&](std::string_view row) {
      dataflow_.add_input(topic, row, +1);
      pending_bytes_ += (row.size() + kRowOverheadBytes) * read.inputs;
      if (pending_bytes_ >= step_bytes_max_) stepped = step();
      return stepped.ok();
    });
    if (!scanned.ok()) return unreadable(scanned.error());
    return stepped;
  }

  QueryStatus step() {
    pending_bytes_ = 0;
    auto output = dataflow_.step();
    if (!state_.status().ok() || budget_.exceeded) return out_of_memory(budget_.bytes_max);
    if (!output.ok()) return unreadable(output.error());
    for (const joins::Delta& delta : output->rows.deltas()) result_.add(delta.row, delta.diff);
    for (joins::ErrorDelta& error : output->errors) note_error(std::move(error));
    if (result_.arena().used() > consolidated_bytes_ * 2 + kStepBytesMax) consolidate();
    if (!budget_.allows(result_.arena().used() + state_.stats().memory_bytes))
      return out_of_memory(budget_.bytes_max);
    // So many that some will stay, whatever a later step takes back.
    if (error_bytes_ > budget_.bytes_max) return first_error();
    return {};
  }

  QueryStatus finish(const RowType& type, const PlanRowCallback& row) {
    if (!errors_.empty()) return first_error();
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
    const size_t bytes = error.key.size() + error.message.size();
    auto [known, is_new] = errors_.emplace(error.key, error);
    if (!is_new) known->second.diff += error.diff;
    if (is_new) error_bytes_ += bytes;
    if (known->second.diff != 0) return;
    error_bytes_ -= bytes;
    errors_.erase(known);
  }

  QueryError first_error() const {
    return {errors_.begin()->second.message, errors_.begin()->second.sqlstate};
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
  Budget& budget_;
  const size_t step_bytes_max_;
  size_t pending_bytes_ = 0;
  size_t consolidated_bytes_ = 0;
  joins::DeltaBatch result_;
  std::map<std::string, joins::ErrorDelta> errors_;
  size_t error_bytes_ = 0;
};

}  // namespace

QueryStatus compute_rows(const joins::Plan& plan, const ReadSnapshot& snapshot, size_t bytes_max,
                         const PlanRowCallback& row) {
  std::unique_ptr<joins::StateUnit> state = joins::StateUnit::in_memory(bytes_max);
  Budget budget{bytes_max};
  auto guard = [&](size_t held_bytes) { return budget.allows(held_bytes) && snapshot.goes_on(); };
  auto dataflow = joins::Dataflow::create("query", plan, *state, true, guard);
  if (!dataflow.ok()) return unreadable(dataflow.error());
  Computation computation(**dataflow, *state, &budget);
  TopicReads reads;
  collect_reads(plan, nullptr, &reads);
  for (const auto& [topic, read] : reads)
    LEAT_RETURN_IF_ERROR(computation.add_topic(topic, read, snapshot));
  LEAT_RETURN_IF_ERROR(computation.step());
  return computation.finish(plan.row_type, row);
}

}  // namespace leat::views

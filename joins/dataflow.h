// A plan at work: deltas of topics in, deltas of the relation out, state in arrangements.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "joins/delta.h"
#include "joins/error_delta.h"
#include "joins/operator.h"
#include "joins/plan.h"
#include "joins/state_unit.h"
#include "joins/step_meter.h"
#include "log/base/status.h"

namespace leat::joins {

// What one step changed: consolidated rows (at most one -1 and one +1 for each unique key), and
// errors (consolidated by key).
struct DataflowOutput {
  DeltaBatch rows;
  std::vector<ErrorDelta> errors;
};

class Dataflow {
 public:
  // STATE holds the arrangements and must outlive the dataflow; the same NAME over the same plan
  // finds its arrangements again after a restart. FRESH: there are none yet (any left are erased).
  // A step that GUARD gives up is a permanent error.
  static Result<std::unique_ptr<Dataflow>> create(std::string name, const Plan& plan,
                                                  StateUnit& state, bool fresh,
                                                  StepGuard guard = nullptr);
  virtual ~Dataflow() = default;

  // Removes what a dataflow of that NAME kept in STATE; none of that name may be at work.
  static Status erase_state(std::string_view name, StateUnit& state);

  // The topics that the plan reads; a topic read twice (a self-join) is named once.
  virtual const std::vector<std::string>& topics() const = 0;

  // Adds full rows of a topic (all its columns, the topic's row type as the plan was made from) for
  // the next step. ROW is copied as far as needed.
  virtual void add_input(std::string_view topic, std::string_view row, int32_t diff) = 0;

  // Takes what was added through all operators. Errors are of the store or of corrupt rows,
  // permanent: the dataflow must then be dropped and its unit not flushed.
  virtual Result<DataflowOutput> step() = 0;

  // What all operators together held in the last step.
  virtual size_t held_bytes() const = 0;
};

}  // namespace leat::joins

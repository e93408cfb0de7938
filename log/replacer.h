// The committer's part in replacing segments: decides which of the waiting replacements still fit,
// puts them in the cut's record and, when that is durable, in the partitions. The committer's
// thread.
#pragma once

#include <string>
#include <vector>

#include "log/cut_record.h"
#include "log/engine.h"
#include "log/state_builder.h"

namespace leat::log {

class Replacer {
 public:
  explicit Replacer(Engine& engine) : engine_(engine) {}
  ~Replacer();  // who still waits gets an error

  // What waits and fits goes into RECORD, which has its pieces, and whose edits BUILDER has; the
  // rest gets its answer. From here to settle() no reader can begin below what is replaced.
  void admit(CutRecord* record, StateBuilder* builder);
  // RECORD is durable.
  void apply(const CutRecord& record, StateBuilder* builder);
  // The cut was published, or could not be made.
  void settle(const Status& committed);

  // The files that the next checkpoint makes superfluous.
  std::vector<std::string> take_removed();

 private:
  ReplaceOutcome admit_one(const SegmentReplacement& replacement, const CutRecord& record,
                           StateBuilder* builder);

  Engine& engine_;
  std::vector<ReplacementQueue::Entry> admitted_;
  std::vector<std::string> removed_;
};

}  // namespace leat::log

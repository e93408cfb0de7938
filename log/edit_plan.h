// What the topics will be once everything submitted is committed: submit() refuses what would not
// fit, so that a commit cannot fail for its contents.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "log/base/status.h"
#include "log/change_log.h"

namespace leat::log {

class EditPlan {
 public:
  explicit EditPlan(const LogState& state);

  // Takes UNIT in; an error says what does not fit, and leaves the plan as it was.
  Status add(const CommitUnit& unit);

 private:
  struct Topic {
    TopicKind kind = TopicKind::table;
    std::optional<GenerationId> current;
    std::optional<GenerationId> filling;
    bool stopped = false;
  };
  struct Generation {
    std::string topic;
    int32_t partition_count = 0;
  };
  // The topics and generations that a unit's edits change, on trial.
  struct Trial;

  Status check_append(const Trial& trial, const PartitionAppend& append) const;
  void take(Trial&& trial);

  std::map<std::string, Topic, std::less<>> topics_;
  std::unordered_map<GenerationId, Generation> generations_;  // that take records
};

}  // namespace leat::log

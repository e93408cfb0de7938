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

  // The topics and generations that the edits of a unit change, while it is not whole. Other units
  // leave them alone.
  class Pending;

  // Takes UNIT in; an error says what does not fit, and leaves the plan as it was.
  Status add(const CommitUnit& unit);
  // The same for a part of a unit, of which PENDING holds the parts before; take() ends it.
  Status add_part(const CommitUnit& part, Pending* pending) const;
  void take(Pending&& pending);

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
  struct Trial;

  static Status check_append(const Trial& trial, const PartitionAppend& append);

  std::map<std::string, Topic, std::less<>> topics_;
  std::unordered_map<GenerationId, Generation> generations_;  // that take records
};

// An empty entry means "gone".
class EditPlan::Pending {
 private:
  friend class EditPlan;
  std::map<std::string, std::optional<Topic>, std::less<>> topics_;
  std::unordered_map<GenerationId, std::optional<Generation>> generations_;
};

}  // namespace leat::log

// From one LogState to the next: the only place that knows what an edit or a piece does to it. The
// committer and recovery both go through here, so a cut redone is the cut that was done.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "log/base/status.h"
#include "log/change_log.h"
#include "log/partition.h"

namespace leat::log {

class StateBuilder {
 public:
  // The state that CUT makes of BASE.
  StateBuilder(const LogState& base, CutId cut);

  // An edit that does not fit the state (it came from a damaged file: submit() refuses it) is a
  // permanent error.
  Status apply(const TopicEdit& edit);
  // The partition's state, to be changed; null where its generation is not in the log (any more).
  PartitionState* partition(std::string_view topic, PartitionId id);
  // The topic's settings; the defaults where it is not there (any more).
  TopicSettings settings(std::string_view topic) const;
  // Moves the partition's end behind a piece, which must be in the log.
  void extend(std::string_view topic, const Piece& piece);
  // Takes a replacement in; the partition must be there, as partition() says.
  void replace(std::string_view topic, const SegmentReplacement& replacement);
  // Whether the generation is its topic's current one: only that is compacted.
  bool is_current(std::string_view topic, GenerationId generation);
  // Whether it was retired by an earlier cut.
  bool is_over(GenerationId generation) const;
  void set_position(const SourcePosition& position);
  // Forgets a retired generation.
  void remove_retired(GenerationId generation);

  // Generations that edits have dropped without retiring them: nobody could ever read them.
  const std::vector<GenerationState>& dropped() const { return dropped_; }

  std::shared_ptr<const LogState> build() &&;

 private:
  Status apply_edit(const CreateTopic& edit);
  Status apply_edit(const BeginGeneration& edit);
  Status apply_edit(const SwitchGeneration& edit);
  Status apply_edit(const StopTopic& edit);
  Status apply_edit(const DropTopic& edit);
  Status apply_edit(const AlterTopic& edit);

  size_t index_of(std::string_view topic) const;  // where it is or belongs
  TopicState* topic(std::string_view name);       // null where there is none
  void retire_current(TopicState& topic);
  GenerationState* retired(GenerationId id);

  std::shared_ptr<LogState> next_;
  // The topics that are this builder's own copies.
  std::unordered_map<const TopicState*, std::shared_ptr<TopicState>> copies_;
  std::vector<GenerationState> dropped_;
};

}  // namespace leat::log

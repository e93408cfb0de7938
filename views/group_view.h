// One view at work in its group: the dataflow, the rows it has written, and its row errors.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "joins/dataflow.h"
#include "joins/state_unit.h"
#include "views/planned_view.h"
#include "views/view_rows.h"

namespace leat::views {

// A view that has stopped following the log.
struct Frozen {
  CutId cut;  // the last one that it shows
  std::string reason;
  // A topic that cannot be read any further, and the generation of it; empty: it froze otherwise.
  // Building the view anew is of use only from another generation.
  std::string damaged_topic = {};
  GenerationId damaged_generation = {};
  bool inside_cut = false;  // its rows hold half a cut: they are not to be shown
};

// The group's thread.
class GroupView {
 public:
  // FRESH: nothing of it is in the unit yet.
  static Result<std::unique_ptr<GroupView>> open(ViewId id, PlannedView planned,
                                                 joins::StateUnit& unit, bool fresh);

  ViewId id() const { return id_; }
  const RelationInfo& info() const { return *info_; }
  std::shared_ptr<const RelationInfo> shared_info() const { return info_; }
  const InputSchemas& inputs() const { return planned_.inputs; }
  std::shared_ptr<const std::vector<std::string>> topics() const { return topics_; }

  // The schema of the rows it takes from TOPIC; none where it does not read that.
  std::optional<SchemaId> schema_of(std::string_view topic) const;
  // Adds a row of a topic that it reads, for the next step.
  void add_input(std::string_view topic, std::string_view row, int32_t diff) {
    dataflow_->add_input(topic, row, diff);
  }
  // Takes what was added, and puts the changed rows into ROWS.
  Status step(ViewRows& rows);
  // What its dataflow held in the last step; nothing once it is frozen.
  size_t held_bytes() const { return frozen_ ? 0 : dataflow_->held_bytes(); }

  uint64_t row_count() const { return row_count_; }
  // How many rows cannot be computed, and why one of them cannot; 0 and empty in a sound view.
  uint64_t error_count() const { return error_count_; }
  Result<std::string> an_error();

  const std::optional<Frozen>& frozen() const { return frozen_; }
  void freeze(Frozen frozen) { frozen_ = std::move(frozen); }
  // Has its inputs as consistent tables; once it has, it keeps them.
  bool ready() const { return ready_; }
  void set_ready() { ready_ = true; }

  // Puts into the unit what open() finds again; before each flush.
  void save();

 private:
  // A row's change: its unique key, and the row before or after.
  struct KeyedDelta {
    std::string_view key;
    std::string_view row;
    int32_t diff;
  };

  GroupView(ViewId id, PlannedView planned);
  Status load();
  Status apply_rows(const joins::DeltaBatch& batch, ViewRows& rows);
  Status apply_errors(const std::vector<joins::ErrorDelta>& errors);

  ViewId id_;
  PlannedView planned_;
  std::shared_ptr<const RelationInfo> info_;
  std::shared_ptr<const std::vector<std::string>> topics_;  // the names of its inputs
  std::unique_ptr<joins::Dataflow> dataflow_;
  store::BufferedTable* meta_ = nullptr;
  store::BufferedTable* errors_ = nullptr;  // key → count and message
  uint64_t row_count_ = 0;
  uint64_t error_count_ = 0;
  std::string error_sample_;  // one of them, while it holds
  std::string error_sample_key_;
  std::optional<Frozen> frozen_;
  bool ready_ = false;
  Arena keys_;
  std::vector<KeyedDelta> sorted_;
};

// All of a view's tables in its unit have names that begin so.
std::string unit_name_prefix(ViewId id);

}  // namespace leat::views

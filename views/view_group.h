// Views that go through the log together: one reader, one state unit, one position that all of them
// are flushed at. A group is worked by one thread at a time: its builder's until it has caught up,
// then the maintainer's.
//
// A crash leaves the group as of its last flush; opening it again resumes there, also inside a huge
// cut.
//
// Where a topic cannot be read any further, because its bytes on the disk are damaged, the views
// over it freeze and the others go on without it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "joins/state_unit.h"
#include "log/base/clock.h"
#include "log/change_log.h"
#include "views/group_view.h"
#include "views/step_size.h"
#include "views/view_rows.h"
#include "views/view_tables.h"

namespace leat::views {

struct GroupOptions {
  size_t state_bytes = 128 << 20;    // what its arrangements may hold in memory
  size_t rows_bytes_max = 64 << 20;  // of view rows not yet flushed
  size_t step_bytes_max = 8 << 20;   // of records in one step (views/step_size.h)
  std::chrono::seconds flush_interval{10};
};

// What a group stands on; all of it outlives the group.
struct GroupContext {
  log::ChangeLog* log = nullptr;
  store::Store* store = nullptr;
  const Clock* clock = nullptr;
  GroupTables tables;
  GroupSlot slot;
};

struct GroupMember {
  ViewId id;
  PlannedView planned;
};

// Under which name a group tells the log what it still needs (ChangeLog::set_reader_floor).
std::string group_reader_name(GroupSlot slot);

class ViewGroup {
 public:
  // As the slot's tables hold it; from the beginning of the log where they hold nothing.
  static Result<std::unique_ptr<ViewGroup>> open(const GroupContext& context,
                                                 std::vector<GroupMember> members,
                                                 const GroupOptions& options);
  // Makes the slot's tables empty for good, for another group. Nobody may use them.
  static Status erase(store::Store& store, const GroupTables& tables);

  GroupSlot slot() const { return context_.slot; }
  store::TableId rows_table() const { return context_.tables.rows; }
  const std::vector<std::unique_ptr<GroupView>>& views() const { return views_; }

  // The last cut that has been applied to its end; in the middle of the next one where
  // inside_cut().
  CutId cut() const { return reader_->position().cut(); }
  bool inside_cut() const { return inside_cut_; }

  // The cut that the group may be taken to now: STATE's, or the one before the next that a view of
  // it cannot follow. A view that cannot follow the very next cut is frozen first.
  CutId reach(const log::LogState& state);

  // One bounded step of the way to LIMIT, at most reach(). After an error the group must be
  // dropped: its rows may hold half a cut.
  Status step(CutId limit);

  // Marks the views ready that have their inputs as of cut(), which must not be inside a cut.
  void note_ready_inputs(const log::LogState& state);
  // Nothing is to be waited for: each view is ready, or will not be.
  bool all_ready() const;

  // Begins a flush where it is due, and takes note of one that has ended.
  Status flush_when_due();
  // Everything so far, durable when it returns.
  Status flush();

  // Removes a view and what it holds.
  Status drop(ViewId id);

  store::StateUnitStats state() const { return unit_->stats(); }
  uint64_t bytes_read() const { return bytes_read_; }
  uint64_t records_read() const { return records_read_; }
  // When the newest transaction that has been taken in was committed at its source; 0: none.
  int64_t newest_commit_ms() const { return newest_commit_ms_; }

 private:
  ViewGroup(const GroupContext& context, const GroupOptions& options);

  Status open_unit(std::vector<GroupMember> members);
  // Over the topics that views which go on read.
  Status open_reader(log::ReadPosition from);
  std::vector<std::string> topics() const;
  Result<std::optional<log::ReadStep>> read(CutId limit);
  // Freezes the views over what cannot be read from FROM on; ERROR where all of it can.
  Status freeze_damaged(log::ReadPosition from, CutId limit, const Error& error);
  Status add_chunk(const log::TopicChunk& chunk);
  Status begin_flush();
  void note_flush_end();
  std::string stored_position() const;

  GroupContext context_;
  GroupOptions options_;
  std::unique_ptr<joins::StateUnit> unit_;
  ViewRows rows_;
  std::vector<std::unique_ptr<GroupView>> views_;
  std::unique_ptr<log::CutReader> reader_;
  StepSize step_size_;
  bool inside_cut_ = false;
  std::string begun_position_;  // of the last flush that was begun
  std::string noted_position_;  // of the last one that is known to have ended
  std::chrono::nanoseconds last_flush_{};
  uint64_t bytes_read_ = 0;
  uint64_t records_read_ = 0;
  int64_t newest_commit_ms_ = 0;
};

}  // namespace leat::views

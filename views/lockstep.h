// Takes groups of live views through the log, all of them to the same cut before anybody looks.
//
// Groups that stand at different cuts (after a restart each resumes from its own flush; a build
// ends where it ends) are first brought to the highest of their cuts. Then the first group takes a
// step, which may end several small cuts or be a part of a huge one, and when it has ended a cut
// the others follow to the same one.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "views/view_group.h"

namespace leat::views {

// The maintainer's thread.
class Lockstep {
 public:
  void add(std::unique_ptr<ViewGroup> group) { groups_.push_back(std::move(group)); }
  const std::vector<std::unique_ptr<ViewGroup>>& groups() const { return groups_; }
  // Null where no group has it.
  GroupView* find(ViewId id) const;
  // Views of groups that failed, and why: they have no rows that can be trusted before the group is
  // opened again, as of its last flush.
  const std::map<ViewId, std::string>& failures() const { return failures_; }

  // One bounded step; false: there is nothing to do as far as STATE knows.
  bool advance(const log::LogState& state);
  // Every group stands at the end of cut().
  bool level() const;
  // The highest cut that a group has applied; 0 without groups.
  CutId cut() const;

  // The earliest of the groups' newest_commit_ms(); 0: none.
  int64_t newest_commit_ms() const;

  void flush_when_due();
  Status flush();

  // Views whose group could not be opened.
  void set_failed(const std::vector<ViewRecord>& views, const Error& error);
  // Removes a view. Where its group has none left that has gone, too: the slot that it had.
  Result<std::optional<GroupSlot>> drop(ViewId id);

 private:
  void step(size_t index, CutId limit);
  void fail(size_t index, const Error& error);

  std::vector<std::unique_ptr<ViewGroup>> groups_;
  std::map<ViewId, std::string> failures_;
};

}  // namespace leat::views

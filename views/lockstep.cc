#include "views/lockstep.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace leat::views {

GroupView* Lockstep::find(ViewId id) const {
  for (const auto& group : groups_) {
    for (const auto& view : group->views()) {
      if (view->id() == id) return view.get();
    }
  }
  return nullptr;
}

CutId Lockstep::cut() const {
  CutId highest;
  for (const auto& group : groups_) highest = std::max(highest, group->cut());
  return highest;
}

int64_t Lockstep::newest_commit_ms() const {
  int64_t earliest = 0;
  for (const auto& group : groups_) {
    int64_t newest = group->newest_commit_ms();
    if (newest > 0 && (earliest == 0 || newest < earliest)) earliest = newest;
  }
  return earliest;
}

bool Lockstep::level() const {
  CutId highest = cut();
  return std::all_of(groups_.begin(), groups_.end(), [highest](const auto& group) {
    return group->cut() == highest && !group->inside_cut();
  });
}

bool Lockstep::advance(const log::LogState& state) {
  CutId highest = cut();
  CutId limit = state.cut;
  for (size_t i = 0; i < groups_.size(); ++i) {
    ViewGroup& group = *groups_[i];
    CutId reach = group.reach(state);
    limit = std::min(limit, reach);
    if (group.inside_cut()) {
      step(i, std::max(highest, group.cut().next()));
      return true;
    }
    if (group.cut() < highest) {
      step(i, std::min(highest, reach));
      return true;
    }
  }
  if (groups_.empty() || limit <= highest) return false;
  step(0, limit);
  return true;
}

void Lockstep::step(size_t index, CutId limit) {
  if (Status done = groups_[index]->step(limit); !done.ok()) fail(index, done.error());
}

// Its rows may hold half a cut: they are not to be read any more.
void Lockstep::fail(size_t index, const Error& error) {
  for (const auto& view : groups_[index]->views()) {
    spdlog::error("view {}: stopped: {}", view->info().name, error.message());
    failures_[view->id()] = error.message();
  }
  groups_.erase(groups_.begin() + static_cast<ptrdiff_t>(index));
}

// A transient error is want of room in a store that is about to be closed: the group stays as its
// last flush has left it.
void Lockstep::flush_when_due() {
  for (size_t i = 0; i < groups_.size(); ++i) {
    Status done = groups_[i]->flush_when_due();
    if (!done.ok() && !done.error().is_transient()) fail(i--, done.error());
  }
}

Status Lockstep::flush() {
  for (const auto& group : groups_) LEAT_RETURN_IF_ERROR(group->flush());
  return Ok{};
}

void Lockstep::set_failed(const std::vector<ViewRecord>& views, const Error& error) {
  for (const ViewRecord& record : views) {
    spdlog::error("view {}: cannot go on: {}", record.source.name, error.message());
    failures_[record.id] = error.message();
  }
}

Result<std::optional<GroupSlot>> Lockstep::drop(ViewId id) {
  failures_.erase(id);
  for (auto group = groups_.begin(); group != groups_.end(); ++group) {
    LEAT_RETURN_IF_ERROR((*group)->drop(id));
    if (!(*group)->views().empty()) continue;
    std::optional<GroupSlot> slot = (*group)->slot();
    groups_.erase(group);
    return slot;
  }
  return std::optional<GroupSlot>();
}

}  // namespace leat::views

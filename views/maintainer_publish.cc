// What the maintainer shows to others: snapshots, names, the state of each view.
#include <spdlog/spdlog.h>

#include <algorithm>

#include "views/maintainer.h"
#include "views/view_inputs.h"

namespace leat::views {
namespace {

constexpr std::chrono::milliseconds kReportInterval{200};

uint64_t bytes_of(const log::LogState& state, const std::vector<std::string>& topics) {
  uint64_t bytes = 0;
  for (const std::string& name : topics) {
    const log::TopicState* topic = state.find(name);
    if (topic == nullptr || !topic->current) continue;
    for (const auto& partition : topic->current->partitions) bytes += partition.bytes;
  }
  return bytes;
}

}  // namespace

void Maintainer::publish(const log::LogState& state) {
  // Without views the log's own cut is as good as applied.
  CutId cut = lockstep_.groups().empty() ? state.cut : lockstep_.cut();
  bool whole = lockstep_.level() && cut >= opened_at_;
  if (whole && (unpublished_ || cut != published_cut_)) {
    ViewSnapshot::Views views;
    for (const auto& group : lockstep_.groups()) group->note_ready_inputs(state);
    for (const auto& [id, record] : catalog_.records()) {
      if (record.attached) views[record.source.name] = readable(record, state, cut);
    }
    announce(views);
    auto snapshot = std::make_shared<const ViewSnapshot>(cut, context_.store->snapshot(), views);
    if (unpublished_) publish_names(state, *snapshot);
    published_.set(std::move(snapshot));
    published_cut_ = cut;
    unpublished_ = false;
    report();
  } else if (backlog_ != backlog_reported_ ||
             context_.clock->monotonic() - reported_at_ >= kReportInterval) {
    report();
  }
}

// One line a view when it begins or ceases to be live.
void Maintainer::announce(const ViewSnapshot::Views& views) {
  auto before = published_.get();
  for (const auto& [name, view] : views) {
    const ViewStatus& now = view.status;
    if (before != nullptr) {
      auto was = before->views().find(name);
      bool same = was != before->views().end() && was->second.id == view.id &&
                  was->second.status.state == now.state;
      if (same) continue;
    }
    if (now.state == ViewState::live) {
      spdlog::info("view {}: live at cut {}, {} rows", name, now.cut.value(), now.rows);
    } else if (now.state == ViewState::frozen) {
      spdlog::warn("view {}: frozen at cut {}: {}", name, now.cut.value(), now.reason);
    }
  }
}

void Maintainer::publish_names(const log::LogState& state, const ViewSnapshot& snapshot) {
  auto names = std::make_shared<NameTable>();
  for (const auto& [name, view] : snapshot.views()) {
    if (view.info != nullptr) {
      names->add(*view.info);
    } else {
      names->add_unavailable(name, view.unreadable);
    }
  }
  add_topics(*context_.log, state, names.get());
  names_.set(std::move(names));
}

// Of a cut that is not the newest they are not known any more: then they are taken to be what they
// were when this was last known.
uint64_t Maintainer::applied_bytes(const ViewStatus& view, const log::LogState& state,
                                   CutId cut) const {
  if (cut == state.cut) return bytes_of(state, *view.topics);
  auto before = published_.get();
  if (before == nullptr) return 0;
  auto was = before->views().find(view.name);
  return was == before->views().end() ? 0 : was->second.status.applied_bytes;
}

ReadableView Maintainer::readable(const ViewRecord& record, const log::LogState& state,
                                  CutId cut) const {
  ReadableView out;
  out.id = record.id;
  out.rows = context_.tables.group(record.slot).rows;
  out.status.name = record.source.name;
  out.status.cut = cut;
  for (const auto& [topic, schema] : record.inputs) out.status.inputs.push_back(topic);
  out.status.removed = builds_.definitions_known() && !builds_.known(record.source.name);
  GroupView* view = lockstep_.find(record.id);
  if (view == nullptr) {
    auto failed = lockstep_.failures().find(record.id);
    out.status.state = ViewState::frozen;
    out.status.reason = failed == lockstep_.failures().end() ? "" : failed->second;
    out.unreadable = fmt::format(
        "view {} has stopped: {}; start Leat again to go on from its last flush, or rebuild it",
        record.source.name, out.status.reason);
    return out;
  }
  out.info = view->shared_info();
  out.status.rows = view->row_count();
  out.status.topics = view->topics();
  out.status.applied_bytes = applied_bytes(out.status, state, cut);
  describe_state(*view, state, cut, &out);
  return out;
}

void Maintainer::describe_state(GroupView& view, const log::LogState& state, CutId cut,
                                ReadableView* out) const {
  ViewStatus& status = out->status;
  const bool damaged = view.frozen() && !view.frozen()->damaged_topic.empty();
  if (damaged && (!view.ready() || view.frozen()->inside_cut)) {
    status.state = ViewState::frozen;
    status.reason = view.frozen()->reason;
    out->unreadable =
        fmt::format("view {} has no whole cut to show: {}", status.name, status.reason);
  } else if (!view.ready()) {
    status.state = ViewState::building;
    std::optional<std::string> missing = missing_input(state, view.inputs(), cut);
    status.reason = "waits for the first snapshot of " + missing.value_or("its inputs");
    if (view.frozen()) status.reason += " (" + view.frozen()->reason + ")";
    out->unreadable = fmt::format("view {} cannot be read yet: it {}", status.name, status.reason);
  } else if (view.frozen()) {
    status.state = ViewState::frozen;
    status.cut = view.frozen()->cut;
    status.reason = view.frozen()->reason;
  } else {
    status.state = ViewState::live;
  }
  if (view.error_count() == 0 || !view.ready()) return;
  Result<std::string> error = view.an_error();
  status.row_error = error.ok() ? *error : error.error().message();
  out->unreadable = status.row_error;
}

void Maintainer::report() {
  auto out = std::make_shared<Report>();
  reported_at_ = context_.clock->monotonic();
  auto published = published_.get();
  if (published != nullptr) {
    out->cut = published->cut();
    for (const auto& [name, view] : published->views()) out->views.push_back(view.status);
  } else {
    for (const auto& [id, record] : catalog_.records()) {
      if (!record.attached) continue;
      ViewStatus status;
      status.name = record.source.name;
      status.reason =
          fmt::format("takes in what the log held at the start, up to cut {}", opened_at_.value());
      out->views.push_back(std::move(status));
    }
  }
  add_unbuilt(&out->views);
  out->memory = memory_of_groups();
  if (!seen_.empty()) out->oldest_unapplied_seen = seen_.front().second;
  if (backlog_) out->backlog_commit_ms = lockstep_.newest_commit_ms();
  backlog_reported_ = backlog_;
  report_.set(std::move(out));
}

// Definitions whose view is being built or cannot be.
void Maintainer::add_unbuilt(std::vector<ViewStatus>* views) const {
  auto entry = [views](const std::string& name) -> ViewStatus& {
    for (ViewStatus& status : *views) {
      if (status.name == name) return status;
    }
    views->emplace_back();
    views->back().name = name;
    return views->back();
  };
  for (const std::string& name : builds_.building()) {
    entry(name).build = builds_.progress();
  }
  for (const auto& [name, waiting] : builds_.waiting()) {
    ViewStatus& status = entry(name);
    if (!is_readable(status.state)) status.state = ViewState::waiting;
    if (status.reason.empty()) status.reason = waiting.reason;
    status.invalid = waiting.invalid;
  }
  for (const auto& [name, reason] : builds_.failed_rebuilds()) {
    ViewStatus& status = entry(name);
    if (status.state != ViewState::live) continue;
    status.reason = "it was not built once more, and answers as before: " + reason +
                    "; to try again: leat view rebuild " + name;
  }
}

ViewsMemory Maintainer::memory_of_groups() const {
  ViewsMemory out;
  out.groups = lockstep_.groups().size();
  out.groups_max = kGroupSlots;
  out.bytes_max = memory_bytes_max_;
  for (const auto& group : lockstep_.groups()) {
    store::StateUnitStats state = group->state();
    out.bytes += state.memory_bytes;
    out.flushes_total += state.flushes;
    out.flush_waits_total += state.flush_waits;
  }
  return out;
}

ViewsMemory Maintainer::memory() const {
  std::shared_ptr<const Report> report = report_.get();
  return report == nullptr ? ViewsMemory() : report->memory;
}

std::vector<ViewStatus> Maintainer::status() const {
  std::shared_ptr<const Report> report = report_.get();
  if (report == nullptr) return {};
  std::vector<ViewStatus> out = report->views;
  std::shared_ptr<const log::LogState> state = context_.log->state();
  CutId newest = state->cut;
  auto now = context_.clock->monotonic();
  for (ViewStatus& view : out) {
    if (view.state != ViewState::live || newest <= view.cut) continue;
    view.cuts_behind = newest.since(view.cut);
    auto since = report->oldest_unapplied_seen.count() == 0 ? now : report->oldest_unapplied_seen;
    view.behind_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now - since).count();
    if (report->backlog_commit_ms > 0) {
      int64_t age_ms = context_.clock->unix_us() / 1000 - report->backlog_commit_ms;
      view.behind_ms = std::max(view.behind_ms, age_ms);
    }
    if (view.topics == nullptr) continue;
    uint64_t bytes = bytes_of(*state, *view.topics);
    view.behind_bytes = bytes - std::min(bytes, view.applied_bytes);
  }
  return out;
}

}  // namespace leat::views

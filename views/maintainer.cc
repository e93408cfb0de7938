#include "views/maintainer.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "views/view_inputs.h"

namespace leat::views {
namespace {

// How long the thread waits for a new cut before it looks at commands and builds again.
constexpr std::chrono::milliseconds kIdleWait{20};
constexpr size_t kSeenMax = 1024;

}  // namespace

Maintainer::Maintainer(const ViewsContext& context, ViewCatalog catalog, size_t memory_bytes_max)
    : context_(context),
      memory_bytes_max_(memory_bytes_max),
      catalog_(std::move(catalog)),
      builds_(context_, catalog_),
      opened_at_(context.log->state()->cut) {}

Result<std::unique_ptr<Maintainer>> Maintainer::open(log::ChangeLog& log, store::Store& store,
                                                     ViewTables tables, const Clock& clock,
                                                     const MaintainerOptions& options) {
  LEAT_ASSIGN_OR_RETURN(ViewCatalog catalog, ViewCatalog::load(store, tables.catalog()));
  // Room for the groups there are, one that is built, and view rows.
  size_t shares = 2;
  for (uint32_t i = 0; i < kGroupSlots; ++i) shares += catalog.slot_in_use(GroupSlot(i)) ? 1 : 0;
  GroupOptions group;
  group.state_bytes = options.memory_bytes / shares;
  group.rows_bytes_max = options.memory_bytes / shares / 2;
  group.step_bytes_max = options.step_bytes_max;
  group.flush_interval = options.flush_interval;
  ViewsContext context{&log, &store, &clock, tables, group};
  std::unique_ptr<Maintainer> maintainer(
      new Maintainer(context, std::move(catalog), options.memory_bytes));
  LEAT_RETURN_IF_ERROR(maintainer->open_groups());
  return maintainer;
}

Status Maintainer::open_groups() {
  std::map<GroupSlot, std::vector<ViewRecord>> attached;
  for (const auto& [id, record] : catalog_.records()) {
    if (record.attached) attached[record.slot].push_back(record);
  }
  for (const auto& [slot, records] : attached) {
    auto group = open_stored_group(context_, records);
    if (!group.ok()) {
      lockstep_.set_failed(records, group.error());
    } else {
      lockstep_.add(std::move(*group));
    }
  }
  for (uint32_t i = 0; i < kGroupSlots; ++i) {
    if (!catalog_.slot_in_use(GroupSlot(i))) LEAT_RETURN_IF_ERROR(clear_slot(GroupSlot(i)));
  }
  builds_.resume();
  return Ok{};
}

std::vector<std::string> Maintainer::reader_names() const {
  std::vector<std::string> names;
  for (uint32_t i = 0; i < kGroupSlots; ++i) {
    if (catalog_.slot_in_use(GroupSlot(i))) names.push_back(group_reader_name(GroupSlot(i)));
  }
  return names;
}

// What a crash between two steps of a removal has left.
Status Maintainer::clear_slot(GroupSlot slot) {
  GroupTables tables = context_.tables.group(slot);
  bool empty = true;
  for (store::TableId table : {tables.state, tables.rows}) {
    auto cursor = context_.store->scan(table, "", "");
    empty = empty && !cursor->valid();
  }
  return empty ? Status() : ViewGroup::erase(*context_.store, tables);
}

Maintainer::~Maintainer() {
  running_ = false;
  if (thread_.joinable()) thread_.join();
}

void Maintainer::start() {
  running_ = true;
  accepting_ = true;
  thread_ = std::thread([this] { run(); });
}

Status Maintainer::stop() {
  running_ = false;
  if (thread_.joinable()) thread_.join();
  return lockstep_.flush();
}

Status Maintainer::run_command(std::function<Status()> work) {
  Command command(std::move(work));
  std::future<Status> done = command.get_future();
  {
    std::lock_guard lock(mutex_);
    if (!accepting_) return Error::transient("the views are not being maintained now");
    commands_.push_back(std::move(command));
  }
  return done.get();
}

Status Maintainer::set_definitions(Definitions definitions) {
  return run_command([this, d = std::move(definitions)]() mutable -> Status {
    builds_.set_definitions(std::move(d));
    for (const auto& [id, record] : catalog_.records()) {
      if (record.attached && !builds_.known(record.source.name)) {
        spdlog::warn("view {}: it has no file any more; kept until it is dropped",
                     record.source.name);
      }
    }
    unpublished_ = true;
    return Ok{};
  });
}

Status Maintainer::rebuild(const std::string& name) {
  return run_command([this, name]() -> Status {
    if (!builds_.known(name)) return Error::permanent("no file defines a view " + name);
    builds_.want_rebuild(name);
    return Ok{};
  });
}

Status Maintainer::drop(const std::string& name) {
  return run_command([this, name]() -> Status {
    if (builds_.known(name)) {
      return Error::permanent(fmt::format("view {} has a file: remove that first", name));
    }
    builds_.forget(name);
    const ViewRecord* record = catalog_.find(name, true);
    if (record == nullptr) return Error::permanent("there is no view " + name);
    ViewId id = record->id;
    GroupSlot slot = record->slot;
    LEAT_RETURN_IF_ERROR(catalog_.apply({}, {id}));
    unpublished_ = true;
    return remove(id, slot);
  });
}

void Maintainer::run() {
  while (running_) {
    take_commands();
    std::shared_ptr<const log::LogState> state = context_.log->state();
    note_seen(*state);
    builds_.plan(*state);
    if (auto group = builds_.take_built()) attach(std::move(group));
    bool moved = lockstep_.advance(*state);
    backlog_ = moved && !(lockstep_.level() && lockstep_.cut() == state->cut);
    publish(*state);
    rebuild_frozen(*state);
    rebuild_failed(*state);
    lockstep_.flush_when_due();
    if (moved) continue;
    if (!context_.log->wait_cut(state->cut, kIdleWait).ok()) std::this_thread::sleep_for(kIdleWait);
  }
  {
    std::lock_guard lock(mutex_);
    accepting_ = false;
  }
  take_commands();  // nobody is left waiting
}

void Maintainer::take_commands() {
  std::deque<Command> commands;
  {
    std::lock_guard lock(mutex_);
    commands.swap(commands_);
  }
  for (Command& command : commands) command();
}

void Maintainer::attach(std::unique_ptr<ViewGroup> group) {
  std::vector<ViewRecord> put;
  std::vector<ViewRecord> old;
  for (const auto& view : group->views()) {
    put.push_back(catalog_.records().at(view->id()));
    put.back().attached = true;
    if (const ViewRecord* before = catalog_.find(view->info().name, true)) old.push_back(*before);
  }
  std::vector<ViewId> old_ids;
  for (const ViewRecord& record : old) old_ids.push_back(record.id);
  Status done = catalog_.apply(put, old_ids);
  lockstep_.add(std::move(group));
  for (const ViewRecord& record : old) {
    if (done.ok()) done = remove(record.id, record.slot);
  }
  if (!done.ok()) spdlog::error("attaching built views: {}", done.error().message());
  unpublished_ = true;
}

// The slot is free when the catalog has no view in it any more, also where its group had failed.
Status Maintainer::remove(ViewId id, GroupSlot slot) {
  LEAT_ASSIGN_OR_RETURN([[maybe_unused]] auto emptied, lockstep_.drop(id));
  if (catalog_.slot_in_use(slot)) return Ok{};
  context_.log->forget_reader(group_reader_name(slot));
  return ViewGroup::erase(*context_.store, context_.tables.group(slot));
}

// A view that cannot go on, because compaction has passed what it had read (it was too far behind,
// and detached) or for any other reason, can still be made anew from the log, once its inputs are
// tables that go on. Once: what fails then as well waits for a person.
void Maintainer::rebuild_failed(const log::LogState& state) {
  if (builds_.running()) return;
  for (const auto& [id, reason] : lockstep_.failures()) {
    auto record = catalog_.records().find(id);
    if (record == catalog_.records().end() || !builds_.known(record->second.source.name)) continue;
    if (!inputs_go_on(state, record->second.inputs)) continue;
    if (!rebuilt_once_.insert(id).second) continue;
    spdlog::warn("view {}: is built anew from the log: {}", record->second.source.name, reason);
    builds_.want_rebuild(record->second.source.name);
  }
}

void Maintainer::rebuild_frozen(const log::LogState& state) {
  if (builds_.running()) return;
  for (const auto& group : lockstep_.groups()) {
    for (const auto& view : group->views()) {
      if (!view->frozen() || !inputs_go_on(state, view->inputs())) continue;
      const Frozen& frozen = *view->frozen();
      const log::TopicState* damaged = state.find(frozen.damaged_topic);
      if (damaged != nullptr && damaged->current->id == frozen.damaged_generation) continue;
      if (builds_.waiting().count(view->info().name) == 0) builds_.want_rebuild(view->info().name);
    }
  }
}

void Maintainer::note_seen(const log::LogState& state) {
  CutId applied = lockstep_.cut();
  while (!seen_.empty() && seen_.front().first <= applied) seen_.pop_front();
  bool newer = seen_.empty() ? state.cut > applied : state.cut > seen_.back().first;
  if (newer && seen_.size() < kSeenMax) seen_.emplace_back(state.cut, context_.clock->monotonic());
}

}  // namespace leat::views

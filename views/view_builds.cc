#include "views/view_builds.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "views/damaged_topics.h"
#include "views/planned_view.h"

namespace leat::views {
namespace {

// A source's tables come one after the other; views over several of them should become one group.
constexpr std::chrono::milliseconds kSettleTime{100};

// Changes when something might be planned that could not be before.
std::string fingerprint(const log::LogState& state) {
  std::string out;
  for (const auto& topic : state.topics) {
    const auto& generation = topic->current ? topic->current : topic->filling;
    if (generation) out += fmt::format("{}={};", topic->name, generation->schema.value());
    if (generation && why_not_whole(*topic)) out += fmt::format("!{};", generation->id.value());
  }
  return out;
}

constexpr std::string_view kUndefinedTable = "42P01";

}  // namespace

Result<std::unique_ptr<ViewGroup>> open_stored_group(const ViewsContext& context,
                                                     const std::vector<ViewRecord>& records) {
  std::vector<GroupMember> members;
  for (const ViewRecord& record : records) {
    auto planned = plan_over_inputs(record.source, *context.log, record.inputs);
    if (!planned.ok()) {
      return Error::permanent(describe_in_file(record.source, planned.error()));
    }
    members.push_back({record.id, std::move(*planned)});
  }
  return ViewGroup::open(context.group_context(records.front().slot), std::move(members),
                         context.group);
}

ViewBuilds::ViewBuilds(const ViewsContext& context, ViewCatalog& catalog)
    : context_(context), catalog_(catalog) {}

void ViewBuilds::resume() {
  std::vector<ViewRecord> records;
  for (const auto& [id, record] : catalog_.records()) {
    if (!record.attached) records.push_back(record);
  }
  if (records.empty()) return;
  std::vector<ViewId> ids;
  bool replaces = false;
  for (const ViewRecord& record : records) {
    ids.push_back(record.id);
    building_.push_back(record.source.name);
    replaces = replaces || catalog_.find(record.source.name, true) != nullptr;
  }
  build_ = std::make_unique<Build>(
      [context = context_, records] { return open_stored_group(context, records); }, *context_.log,
      *context_.clock, std::move(ids), replaces);
}

void ViewBuilds::set_definitions(Definitions definitions) {
  definitions_ = std::move(definitions);
  definitions_known_ = true;
  failed_rebuilds_.clear();
  plan_again_ = true;
  for (const std::string& error : definitions_.errors) spdlog::error("{}", error);
  for (const std::string& name : building_) {
    const ViewRecord* record = catalog_.find(name, false);
    auto wanted = definitions_.views.find(name);
    bool same = record != nullptr && wanted != definitions_.views.end() &&
                wanted->second.query == record->source.query;
    if (same) continue;
    abandon("its definition has changed");
    break;
  }
}

void ViewBuilds::want_rebuild(const std::string& name) {
  rebuilds_.insert(name);
  failed_rebuilds_.erase(name);
}

void ViewBuilds::note_failed_rebuild(const std::string& name, const std::string& reason) {
  if (catalog_.find(name, true) != nullptr) failed_rebuilds_[name] = reason;
}

void ViewBuilds::forget(const std::string& name) {
  rebuilds_.erase(name);
  failed_rebuilds_.erase(name);
  waiting_.erase(name);
  if (std::find(building_.begin(), building_.end(), name) != building_.end()) {
    abandon("it was dropped");
  }
}

bool ViewBuilds::up_to_date(const ViewSource& source) const {
  const ViewRecord* record = catalog_.find(source.name, true);
  return record != nullptr && record->source.query == source.query &&
         rebuilds_.count(source.name) == 0;
}

bool ViewBuilds::worth_planning(const log::LogState& state) {
  if (build_ != nullptr) return false;
  if (!rebuilds_.empty()) return true;
  auto now = context_.clock->monotonic();
  if (plan_again_ || !waiting_.empty()) {
    std::string topics = fingerprint(state);
    if (topics != topics_seen_) {
      topics_seen_ = std::move(topics);
      topics_changed_at_ = now;
      plan_again_ = true;
    }
  }
  return plan_again_ && now - topics_changed_at_ >= kSettleTime;
}

void ViewBuilds::plan(const log::LogState& state) {
  if (!worth_planning(state)) return;
  plan_again_ = false;
  told_ = std::exchange(waiting_, {});
  if (!std::exchange(had_topics_, !topics_seen_.empty())) told_.clear();
  std::vector<const ViewSource*> wanted;
  bool something = false;
  for (const auto& [name, source] : definitions_.views) {
    something = something || !up_to_date(source);
    // The last free slot takes all views together: that frees the others.
    if (!up_to_date(source) || free_slots() == 1) wanted.push_back(&source);
  }
  std::set<std::string, std::less<>> asked = std::exchange(rebuilds_, {});
  if (!something) return;
  Planned planned;
  for (const ViewSource* source : wanted) {
    auto plan = plan_over_log(*source, *context_.log, state);
    auto not_whole = plan.ok() ? first_not_whole(state, plan->inputs) : std::nullopt;
    if (not_whole) {
      waiting_[source->name] = {*not_whole, false};
    } else if (plan.ok()) {
      planned.emplace_back(*source, std::move(*plan));
    } else {
      note_unplannable(*source, plan.error());
    }
  }
  if (!planned.empty()) start(std::move(planned));
  for (const std::string& name : asked) {
    if (auto waits = waiting_.find(name); waits != waiting_.end()) {
      note_failed_rebuild(name, waits->second.reason);
    }
  }
}

void ViewBuilds::note_unplannable(const ViewSource& source, const sql::SqlError& error) {
  bool invalid = error.sqlstate != kUndefinedTable;
  std::string reason = describe_in_file(source, error);
  if (!invalid) reason += "; the view is built as soon as it is in the log";
  auto told = told_.find(source.name);
  if (told == told_.end() || told->second.reason != reason) {
    if (invalid) spdlog::error("view {}: {}", source.name, reason);
    if (!invalid && !topics_seen_.empty()) spdlog::warn("view {} waits: {}", source.name, reason);
  }
  waiting_[source.name] = {std::move(reason), invalid};
}

size_t ViewBuilds::free_slots() const {
  size_t count = 0;
  for (uint32_t i = 0; i < kGroupSlots; ++i) count += catalog_.slot_in_use(GroupSlot(i)) ? 0 : 1;
  return count;
}

std::optional<GroupSlot> ViewBuilds::free_slot() const {
  for (uint32_t i = 0; i < kGroupSlots; ++i) {
    if (!catalog_.slot_in_use(GroupSlot(i))) return GroupSlot(i);
  }
  return std::nullopt;
}

void ViewBuilds::start(Planned planned) {
  std::optional<GroupSlot> slot = free_slot();
  if (!slot) {
    for (const auto& [source, view] : planned) {
      waiting_[source.name] = {"no room for another build: drop views whose files are gone", false};
    }
    return;
  }
  std::vector<ViewRecord> records;
  for (auto& [source, view] : planned) {
    records.push_back({catalog_.allocate_id(), source, *slot, false, view.inputs});
  }
  Status stored = ViewGroup::erase(*context_.store, context_.tables.group(*slot));
  if (stored.ok()) stored = catalog_.apply(records, {});
  if (!stored.ok()) {
    spdlog::error("cannot start building views: {}", stored.error().message());
    return;
  }
  for (const ViewRecord& record : records) {
    spdlog::info("view {}: building from the start of the log", record.source.name);
  }
  resume();
}

std::unique_ptr<ViewGroup> ViewBuilds::take_built() {
  if (build_ == nullptr) return nullptr;
  auto ended = build_->take();
  if (!ended) return nullptr;
  if (!ended->ok()) {
    std::string reason = ended->error().message();
    std::vector<std::string> names = building_;
    abandon(reason);
    for (const std::string& name : names) {
      waiting_[name] = {"its build failed: " + reason, false};
      note_failed_rebuild(name, reason);
    }
    // What was planned over other columns is planned again; what failed otherwise waits for the
    // topics to change, or for a person.
    plan_again_ = ended->error().is_transient();
    return nullptr;
  }
  build_.reset();
  building_.clear();
  plan_again_ = true;
  return std::move(**ended);
}

void ViewBuilds::abandon(const std::string& reason) {
  std::vector<ViewId> ids = build_->views();
  build_.reset();
  for (const std::string& name : building_) {
    spdlog::warn("view {}: the build was abandoned: {}", name, reason);
  }
  building_.clear();
  GroupSlot slot = catalog_.records().at(ids.front()).slot;
  Status done = catalog_.apply({}, ids);
  if (done.ok()) done = ViewGroup::erase(*context_.store, context_.tables.group(slot));
  if (!done.ok()) spdlog::error("cannot clear an abandoned build: {}", done.error().message());
}

std::optional<BuildProgress> ViewBuilds::progress() const {
  if (build_ == nullptr) return std::nullopt;
  return build_->progress();
}

}  // namespace leat::views

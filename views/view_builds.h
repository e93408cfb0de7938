// Which views have to be built, and the build that runs.
//
//   definition without a view of its text ──plan──▶ waiting (a topic is missing, its SQL is wrong)
//                                            └────▶ build (catalog record, not attached) ──▶ group
//
// All that can be planned at the same time is built together, as one group; one build runs at a
// time. Views that are built one after the other take a slot each; the last free one is for
// building all of them together, after which the others are free again. Records of a build that a
// crash ended are there at the next start: it goes on from its last flush.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "views/build.h"
#include "views/definitions.h"
#include "views/view_catalog.h"
#include "views/view_group.h"
#include "views/view_tables.h"

namespace leat::views {

// A definition that cannot be built now.
struct WaitingView {
  std::string reason;
  bool invalid = false;  // as long as the topics are what they are
};

// What groups are opened from; all of it outlives them.
struct ViewsContext {
  log::ChangeLog* log = nullptr;
  store::Store* store = nullptr;
  const Clock* clock = nullptr;
  ViewTables tables{0};
  GroupOptions group;

  GroupContext group_context(GroupSlot slot) const {
    return {log, store, clock, tables.group(slot), slot};
  }
};

// Opens the group of RECORDS, all of one slot, as it is stored, each view planned as when it was
// built.
Result<std::unique_ptr<ViewGroup>> open_stored_group(const ViewsContext& context,
                                                     const std::vector<ViewRecord>& records);

// The maintainer's thread.
class ViewBuilds {
 public:
  // CATALOG outlives this.
  ViewBuilds(const ViewsContext& context, ViewCatalog& catalog);

  // Goes on with the build that the catalog holds, if any.
  void resume();

  // A build whose definitions are no longer asked for is abandoned.
  void set_definitions(Definitions definitions);
  // From now on the view's present text has to be built once more.
  void want_rebuild(const std::string& name);
  void forget(const std::string& name);

  // Plans what has no view and starts a build, where none runs.
  void plan(const log::LogState& state);
  // The group of a build that has ended. A failed one is tried again when the topics change.
  std::unique_ptr<ViewGroup> take_built();

  bool known(std::string_view name) const { return definitions_.views.count(name) != 0; }
  bool definitions_known() const { return definitions_known_; }
  const std::map<std::string, WaitingView, std::less<>>& waiting() const { return waiting_; }
  // Why views that answer were not built once more, though that was asked for: until it is again.
  const std::map<std::string, std::string, std::less<>>& failed_rebuilds() const {
    return failed_rebuilds_;
  }
  // The views that are being built, and how far they are together.
  const std::vector<std::string>& building() const { return building_; }
  std::optional<BuildProgress> progress() const;
  bool running() const { return build_ != nullptr; }

 private:
  using Planned = std::vector<std::pair<ViewSource, PlannedView>>;

  bool up_to_date(const ViewSource& source) const;
  bool worth_planning(const log::LogState& state);
  void note_failed_rebuild(const std::string& name, const std::string& reason);
  void start(Planned planned);
  void note_unplannable(const ViewSource& source, const sql::SqlError& error);
  size_t free_slots() const;
  std::optional<GroupSlot> free_slot() const;
  void abandon(const std::string& reason);

  ViewsContext context_;
  ViewCatalog& catalog_;
  Definitions definitions_;
  bool definitions_known_ = false;
  std::set<std::string, std::less<>> rebuilds_;
  std::map<std::string, std::string, std::less<>> failed_rebuilds_;
  std::map<std::string, WaitingView, std::less<>> waiting_;
  std::map<std::string, WaitingView, std::less<>> told_;  // waiting_ before the last plan
  bool had_topics_ = false;  // at the last plan: without any, nothing is told
  std::unique_ptr<Build> build_;
  std::vector<std::string> building_;  // names
  bool plan_again_ = true;
  std::string topics_seen_;  // what planning depends on
  std::chrono::nanoseconds topics_changed_at_{};
};

}  // namespace leat::views

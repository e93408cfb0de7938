// Keeps all views current, in a thread of its own, and publishes them as of one cut after the
// other.
//
//   each round:  commands ─▶ plan, start a build ─▶ build ended: attach ─▶ one step in lockstep
//                                                                               │ all level?
//                flush where due ◀── publish one immutable snapshot ◀───────────┘
//
// What is published is a snapshot of the store taken while every live view stands at the end of the
// same cut; inside a huge cut nothing is published. After a restart nothing is published before all
// that the log held at opening has been applied: a client never sees time run backwards.
//
// Attaching a build is one write to the catalog, between two cuts; the next published snapshot
// answers with the new view, and then its predecessor goes.
//
// What cannot be followed freezes (view_inputs.h): a view whose topic stopped, changed its columns
// or is damaged on the disk stays at the cut before, and is built anew by itself when its inputs go
// on.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "log/base/clock.h"
#include "log/change_log.h"
#include "log/store/store.h"
#include "views/definitions.h"
#include "views/latest.h"
#include "views/lockstep.h"
#include "views/names.h"
#include "views/view_builds.h"
#include "views/view_catalog.h"
#include "views/view_snapshot.h"
#include "views/view_status.h"

namespace leat::views {

struct MaintainerOptions {
  // For arrangements and unflushed rows of all groups together.
  size_t memory_bytes = 256 << 20;
  size_t step_bytes_max = 8 << 20;
  std::chrono::seconds flush_interval{10};
};

class Maintainer {
 public:
  // Opens what is stored; nothing runs before start(). LOG, STORE and CLOCK outlive the maintainer.
  static Result<std::unique_ptr<Maintainer>> open(log::ChangeLog& log, store::Store& store,
                                                  ViewTables tables, const Clock& clock,
                                                  const MaintainerOptions& options);
  ~Maintainer();  // as stop(), without the flush

  // The readers that the log knows the groups by, those that are being built too. Before start().
  std::vector<std::string> reader_names() const;

  void start();
  // The thread ends soon; it does not begin with another cut.
  void begin_stop() { running_ = false; }
  // Ends the threads, then makes everything durable. An error is transient where the store gave up
  // waiting for room.
  Status stop();

  // All of these: any thread, between start() and stop(); they return when the maintainer has taken
  // note, which is before a build has ended.
  // The view files as they are now. What is new will be built, what has changed rebuilt; what is
  // gone stays, and says so.
  Status set_definitions(Definitions definitions);
  // Builds the view once more from the log; it answers as it is until then.
  Status rebuild(const std::string& name);
  // Removes a view and its rows. One that still has a file would come back: it is refused.
  Status drop(const std::string& name);

  // The newest cut; null before the first. Any thread.
  std::shared_ptr<const ViewSnapshot> snapshot() const { return published_.get(); }
  // What SQL may name: the views of that snapshot, then the topics. Any thread.
  std::shared_ptr<const NameTable> names() const { return names_.get(); }
  // Any thread.
  std::vector<ViewStatus> status() const;
  ViewsMemory memory() const;

 private:
  using Command = std::packaged_task<Status()>;
  // What is said of the views between two snapshots.
  struct Report {
    std::vector<ViewStatus> views;
    ViewsMemory memory;
    CutId cut;
    std::chrono::nanoseconds oldest_unapplied_seen{};  // the first cut behind `cut`
    int64_t backlog_commit_ms = 0;  // of the newest transaction taken in; 0: there is no backlog
  };

  Maintainer(const ViewsContext& context, ViewCatalog catalog, size_t memory_bytes_max);
  Status open_groups();
  Status clear_slot(GroupSlot slot);
  Status run_command(std::function<Status()> work);

  void run();
  void take_commands();
  void attach(std::unique_ptr<ViewGroup> group);
  Status remove(ViewId id, GroupSlot slot);
  void rebuild_frozen(const log::LogState& state);
  void rebuild_failed(const log::LogState& state);
  void note_seen(const log::LogState& state);

  void publish(const log::LogState& state);
  void publish_names(const log::LogState& state, const ViewSnapshot& snapshot);
  void report();
  void announce(const ViewSnapshot::Views& views);
  ReadableView readable(const ViewRecord& record, const log::LogState& state, CutId cut) const;
  uint64_t applied_bytes(const ViewStatus& view, const log::LogState& state, CutId cut) const;
  void describe_state(GroupView& view, const log::LogState& state, CutId cut,
                      ReadableView* out) const;
  void add_unbuilt(std::vector<ViewStatus>* views) const;
  ViewsMemory memory_of_groups() const;

  ViewsContext context_;
  const size_t memory_bytes_max_;

  // Of the maintainer's thread.
  ViewCatalog catalog_;
  ViewBuilds builds_;
  Lockstep lockstep_;
  CutId opened_at_;          // the log's cut at opening
  CutId published_cut_;      // the last one, where there is one
  bool unpublished_ = true;  // views came or went
  bool backlog_ = false;     // the last step did not reach the end of the log
  bool backlog_reported_ = false;
  std::chrono::nanoseconds reported_at_{};
  std::deque<std::pair<CutId, std::chrono::nanoseconds>>
      seen_;                       // newest cuts seen, not applied yet
  std::set<ViewId> rebuilt_once_;  // failed views that were asked to be built anew

  // Shared.
  Latest<ViewSnapshot> published_;
  Latest<NameTable> names_;
  Latest<Report> report_;
  std::mutex mutex_;  // guards accepting_ and commands_
  bool accepting_ = false;
  std::deque<Command> commands_;
  std::atomic<bool> running_ = false;
  std::thread thread_;
};

}  // namespace leat::views

// How far the readers of the log have come for good: what lies before all of them may go, or be
// compacted. Thread-safe.
//
// A reader first says where it stands, then looks at the state; the committer first asks whether
// all readers have passed a horizon, then changes the state. Between the committer's question and
// the published answer a new reader below that horizon has to wait, or it would read the old state
// with the new files:
//
//   committer  begin_replacement(H): lowest >= H? ── journal, sync ── publish ── end
//   reader                  add_live(F < H) · · · · · · waits · · · · · · · · · · ▶ reads
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/ids.h"
#include "log/change_log.h"
#include "log/cut_record.h"

namespace leat::log {

// A registered reader that was too far behind: what it was must be made anew.
struct DetachedReader {
  std::string reader;
  CutId cut;  // that it had passed
  std::string reason;
};

class ReaderFloors {
 public:
  // A reader at work. It keeps the handle, and is forgotten with it.
  struct LiveFloor {
    explicit LiveFloor(CutId from) : cut(from.value()) {}
    std::atomic<uint64_t> cut;          // that it has passed
    std::atomic<bool> detached{false};  // what it reads next may be compacted: it must stop
  };

  void restore(const std::map<std::string, CutId, std::less<>>& floors);
  void set(std::string_view name, CutId flushed, Hold hold);
  void forget(std::string_view name);
  std::shared_ptr<LiveFloor> add_live(CutId from);

  // Names that were never in a cut's record; the next one must hold them.
  std::vector<ReaderFloor> take_new();
  std::map<std::string, CutId, std::less<>> registered() const;
  // The lowest floor of all; 0 while no reader is registered.
  CutId lowest() const;
  size_t live_count() const;
  // The same for compaction, which hurts nobody who registers later: no reader, no bound.
  CutId compaction_floor() const;

  // Whether everything up to HORIZON may be rewritten now. If so, new readers below it wait until
  // end_replacement(). One at a time; the committer's thread.
  bool begin_replacement(CutId horizon);
  void end_replacement();

  // There is no room: the floors that hold back only while there is bind nobody, each until it is
  // set the next time.
  void yield_for_room();

  // Lets go of the readers that stand at compaction_floor(): the registered are forgotten and kept
  // in detached() until they register again, those at work get an error with their next step.
  void detach_lowest(const std::string& reason);
  std::vector<DetachedReader> detached() const;

 private:
  struct Floor {
    CutId cut;
    Hold hold = Hold::always;
    bool yields = false;
  };

  CutId lowest_of_all() const;

  mutable std::mutex mutex_;
  std::condition_variable replacement_ended_;
  std::map<std::string, Floor, std::less<>> floors_;
  std::map<std::string, DetachedReader, std::less<>> detached_;
  std::vector<std::string> new_;
  mutable std::vector<std::weak_ptr<LiveFloor>> live_;
  CutId replacing_below_;  // 0: nothing is being replaced
};

}  // namespace leat::log

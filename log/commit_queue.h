// Between the writers and the committer: units in order, bounded in bytes. Thread-safe.
//
// A unit in parts has its place among the others from its beginning on; what comes later stays
// behind it until its last part has been taken:
//
//   submit ──▶ units ─┬─▶ take()            submit ──▶ (units) ─▶ parts ─┬─▶ take()
//                     ┘                      begin, add_part ──▶ ─┘      ┘
//                                            submit ──▶ behind ── once the last part is taken
//
// Units that may pass stand beside them. They go with whatever is taken next, and by themselves
// while the committer waits with what it has taken.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "log/base/status.h"
#include "log/change_log.h"
#include "log/durable_tickets.h"
#include "log/edit_plan.h"

namespace leat::log {

class CommitQueue {
 public:
  CommitQueue(size_t bytes_max, const LogState& state) : bytes_max_(bytes_max), plan_(state) {}

  // Blocks while the queue is full; a unit larger than the bound waits until the queue is empty.
  // Of those that may pass a bounded number waits, whatever else does.
  // Errors: what does not fit the topics (nothing was queued); closed; failed.
  Result<Ticket> submit(CommitUnit unit);

  // Begins a unit in parts; waits while there is another.
  Result<Ticket> begin_parts();
  // The parts that wait have a bound of their own, as large as that of whole units: those who wait
  // for the last part cannot keep it from coming.
  enum class More : bool { no, yes };
  Status add_part(CommitUnit part, More more);
  void abandon_parts();
  // Nothing that is in order is taken from here on, nor was what came after DURABLE; its writers
  // get WHY.
  void refuse(const Error& why, Ticket durable);

  struct Group {
    enum class Kind { whole_units, part, last_part, abandoned };
    Kind kind = Kind::whole_units;
    std::vector<CommitUnit> units;
    std::vector<CommitUnit> passing;  // in front of them; with whole units only
    DurableTickets last;              // of all units taken so far
  };
  // Waits for units, or for request_cut(); none when the queue is closed and empty, or failed. What
  // was begun in parts and is not whole when the queue is closed is abandoned.
  std::optional<Group> take();
  // While what was taken last waits to be committed: whether a cut is wanted before it, and the
  // units that pass it.
  bool has_passing() const;
  // Their last ticket; they are appended to TO.
  Ticket take_passing(std::vector<CommitUnit>* to);
  // Makes the committer commit a cut even if there is no unit.
  void request_cut();
  // Takes the edits of the log's own units in, so that writers cannot contradict them.
  Status plan(const CommitUnit& unit);

  void close();
  void fail(const Error& error);
  size_t queued_bytes() const;

 private:
  struct Units {
    std::vector<CommitUnit> units;
    Ticket last{0};
  };
  struct Parts {
    Ticket ticket;
    EditPlan::Pending pending;
    std::vector<CommitUnit> waiting;
    size_t bytes = 0;
    bool started = false;  // the committer has taken some
    bool is_whole = false;
    bool is_abandoned = false;
  };
  static constexpr size_t kPassingMax = 1024;

  Status check_open() const;
  Status check_in_order() const;
  bool has_room_for(const CommitUnit& unit) const;
  bool passes(const CommitUnit& unit) const;
  void note_edits(const CommitUnit& unit, Ticket ticket);
  bool parts_have_begun() const { return parts_ && parts_->started; }
  bool may_take_units() const;
  bool may_take_parts() const;
  Group take_units();
  Group take_parts();
  void end_parts();

  const size_t bytes_max_;
  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable room_;
  EditPlan plan_;
  Units units_;
  std::optional<Parts> parts_;
  Units behind_;                          // the parts
  std::vector<CommitUnit> passing_;       // in front of all
  std::map<std::string, Ticket> edited_;  // by topic: the last unit in order that edits it
  size_t bytes_ = 0;                      // of whole units in order
  DurableTickets last_;
  DurableTickets taken_;
  Ticket committed_{0};  // of those in order
  bool cut_requested_ = false;
  bool closed_ = false;
  std::optional<Error> refused_;  // units in order
  std::optional<Error> failed_;
};

}  // namespace leat::log

// Between the writers and the committer: units in order, bounded in bytes. Thread-safe.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "log/base/status.h"
#include "log/change_log.h"
#include "log/edit_plan.h"

namespace leat::log {

class CommitQueue {
 public:
  CommitQueue(size_t bytes_max, const LogState& state) : bytes_max_(bytes_max), plan_(state) {}

  // Blocks while the queue is full; a unit larger than the bound waits until the queue is empty.
  // Errors: what does not fit the topics (nothing was queued); closed; failed.
  Result<Ticket> submit(CommitUnit unit);

  struct Group {
    std::vector<CommitUnit> units;
    Ticket last;  // of all units taken so far
  };
  // Waits for units, or for request_cut(); none when the queue is closed and empty, or failed.
  std::optional<Group> take();
  // Makes the committer commit a cut even if there is no unit.
  void request_cut();
  // Takes the edits of the log's own units in, so that writers cannot contradict them.
  Status plan(const CommitUnit& unit);

  void close();
  void fail(const Error& error);
  size_t queued_bytes() const;

 private:
  Status check_open() const;

  const size_t bytes_max_;
  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable room_;
  EditPlan plan_;
  std::vector<CommitUnit> units_;
  size_t bytes_ = 0;
  Ticket last_{0};
  bool cut_requested_ = false;
  bool closed_ = false;
  std::optional<Error> failed_;
};

}  // namespace leat::log

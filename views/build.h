// Views on their way to being live: a group of their own, taken through the log from its start in a
// thread of its own, until it is so close to the end that the maintainer can take it along.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <vector>

#include "views/view_group.h"
#include "views/view_status.h"

namespace leat::views {

class Build {
 public:
  using Open = std::function<Result<std::unique_ptr<ViewGroup>>()>;

  // OPEN runs in the build's thread. WAIT_READY: end only when the views can show themselves (an
  // older definition answers until then).
  Build(Open open, log::ChangeLog& log, const Clock& clock, std::vector<ViewId> views,
        bool wait_ready);
  ~Build();  // cancels and waits
  Build(const Build&) = delete;
  Build& operator=(const Build&) = delete;

  const std::vector<ViewId>& views() const { return views_; }
  BuildProgress progress() const;

  // The group, flushed and caught up to within a moment, or why it failed; none while it runs.
  // Once.
  std::optional<Result<std::unique_ptr<ViewGroup>>> take();

 private:
  Result<std::unique_ptr<ViewGroup>> run();
  // True: the group stands where the log ends, or ended a moment ago.
  Result<bool> advance(ViewGroup& group);
  void note_progress(const ViewGroup& group, const log::LogState& state);

  Open open_;
  log::ChangeLog& log_;
  const Clock& clock_;
  std::vector<ViewId> views_;
  bool wait_ready_;
  std::chrono::nanoseconds started_;
  std::atomic<bool> cancelled_ = false;
  std::atomic<uint64_t> bytes_done_ = 0;
  std::atomic<uint64_t> bytes_total_ = 0;
  std::atomic<uint64_t> changes_done_ = 0;
  std::future<Result<std::unique_ptr<ViewGroup>>> running_;
};

}  // namespace leat::views

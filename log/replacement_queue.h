// Between the cleaner and the committer: replacements that wait to become part of a cut, each with
// somebody who waits for its outcome. Thread-safe.
#pragma once

#include <future>
#include <mutex>
#include <optional>
#include <vector>

#include "log/base/status.h"
#include "log/segment.h"

namespace leat::log {

enum class ReplaceOutcome {
  committed,
  readers_behind,  // a reader registered below its horizon meanwhile: may be tried again
  changed,         // the segments are no longer those, or their generation is over: make it anew
};

class ReplacementQueue {
 public:
  struct Entry {
    SegmentReplacement replacement;
    std::promise<Result<ReplaceOutcome>> outcome;
  };

  // The outcome is an error where the log failed or was closed before.
  std::future<Result<ReplaceOutcome>> add(SegmentReplacement replacement) {
    Entry entry{std::move(replacement), {}};
    auto outcome = entry.outcome.get_future();
    std::lock_guard lock(mutex_);
    if (failed_) {
      entry.outcome.set_value(*failed_);
    } else {
      entries_.push_back(std::move(entry));
    }
    return outcome;
  }
  bool empty() const {
    std::lock_guard lock(mutex_);
    return entries_.empty();
  }
  std::vector<Entry> take() {
    std::lock_guard lock(mutex_);
    return std::exchange(entries_, {});
  }
  void fail(const Error& error) {
    std::lock_guard lock(mutex_);
    if (!failed_) failed_ = error;
    for (Entry& entry : std::exchange(entries_, {})) entry.outcome.set_value(error);
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
  std::optional<Error> failed_;
};

}  // namespace leat::log

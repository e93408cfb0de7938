// How far the readers of the log have come for good: what lies before all of them may go.
// Thread-safe.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/ids.h"
#include "log/cut_record.h"

namespace leat::log {

class ReaderFloors {
 public:
  // The cut that a reader at work has passed; the reader keeps the handle, and is forgotten with
  // it.
  using LiveFloor = std::atomic<uint64_t>;

  void restore(const std::map<std::string, CutId, std::less<>>& floors);
  void set(std::string_view name, CutId flushed);
  void forget(std::string_view name);
  std::shared_ptr<LiveFloor> add_live(CutId from);

  // Names that were never in a cut's record; the next one must hold them.
  std::vector<ReaderFloor> take_new();
  std::map<std::string, CutId, std::less<>> registered() const;
  // The lowest floor of all; 0 while no reader is registered.
  CutId lowest() const;
  size_t live_count() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, CutId, std::less<>> floors_;
  std::vector<std::string> new_;
  mutable std::vector<std::weak_ptr<LiveFloor>> live_;
};

}  // namespace leat::log

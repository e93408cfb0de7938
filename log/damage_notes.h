// Damage that readers have met, on its way into the log's state. Thread-safe.
//
//   reader: a batch does not verify ─▶ add ─▶ committer: take ─▶ PartitionState::damage of that cut
//
// A partition that is damaged so is not quarantined: what is sound of it stays readable, up to the
// place.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "log/base/ids.h"

namespace leat::log {

class DamageNotes {
 public:
  struct Note {
    std::string topic;
    PartitionId partition;
    std::string what;
  };

  // Called after every add(), from the reader's thread. Before anybody reads.
  void on_add(std::function<void()> listener) { listener_ = std::move(listener); }

  void add(Note note) {
    {
      std::lock_guard lock(mutex_);
      notes_.push_back(std::move(note));
    }
    if (listener_) listener_();
  }
  std::vector<Note> take() {
    std::lock_guard lock(mutex_);
    return std::exchange(notes_, {});
  }

 private:
  std::function<void()> listener_;
  std::mutex mutex_;
  std::vector<Note> notes_;
};

}  // namespace leat::log

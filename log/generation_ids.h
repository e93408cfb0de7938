// Hands out generation ids. An id may be given out only below the durable reservation, so that none
// is ever given out twice. Thread-safe.
#pragma once

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "log/base/ids.h"

namespace leat::log {

class GenerationIds {
 public:
  // Ids below RESERVED may have been given out before.
  void restore(GenerationId reserved) { next_ = reserved_ = reserved; }

  // The next id, if the reservation covers it. The last one that it covers is kept back.
  std::optional<GenerationId> try_allocate() { return try_allocate_below_last(1); }
  // For the committer, which cannot wait for its own next cut.
  std::optional<GenerationId> try_allocate_last() { return try_allocate_below_last(0); }
  // What the next cut should reserve.
  GenerationId wanted() const {
    std::lock_guard lock(mutex_);
    bool plenty = next_.plus(kBlock / 2) < reserved_;
    return plenty ? reserved_ : next_.plus(kBlock);
  }
  // A durable cut or checkpoint holds the reservation.
  void note_reserved(GenerationId reserved) {
    std::lock_guard lock(mutex_);
    reserved_ = std::max(reserved_, reserved);
  }
  GenerationId reserved() const {
    std::lock_guard lock(mutex_);
    return reserved_;
  }

 private:
  std::optional<GenerationId> try_allocate_below_last(uint64_t kept) {
    std::lock_guard lock(mutex_);
    if (next_.plus(kept) >= reserved_) return std::nullopt;
    return std::exchange(next_, next_.next());
  }

  static constexpr uint64_t kBlock = 256;

  mutable std::mutex mutex_;
  GenerationId next_{1};
  GenerationId reserved_{1};
};

}  // namespace leat::log

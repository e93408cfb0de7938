#include "joins/delta.h"

#include "log/base/hash.h"

namespace leat::joins {
namespace {

// Finds equal rows in a batch: open addressing over the batch's own indexes.
class RowIndex {
 public:
  explicit RowIndex(size_t count) {
    size_t size = 16;
    while (size < count * 2) size *= 2;
    slots_.resize(size);
  }

  // The slot of ROW: its entry is 0 where it was not seen before, else an index + 1.
  uint32_t& find(std::string_view row, const std::vector<Delta>& deltas) {
    const auto hash = hash64(row);
    const auto tag = static_cast<uint32_t>(hash >> 32);
    const size_t mask = slots_.size() - 1;
    for (size_t at = hash & mask;; at = (at + 1) & mask) {
      Slot& slot = slots_[at];
      if (slot.entry == 0) slot.tag = tag;
      if (slot.entry == 0 || (slot.tag == tag && deltas[slot.entry - 1].row == row)) {
        return slot.entry;
      }
    }
  }

 private:
  struct Slot {
    uint32_t tag = 0;
    uint32_t entry = 0;
  };
  std::vector<Slot> slots_;
};

}  // namespace

void DeltaBatch::consolidate() {
  if (deltas_.size() > 1) {
    RowIndex index(deltas_.size());
    size_t kept = 0;
    for (const Delta& delta : deltas_) {
      uint32_t& entry = index.find(delta.row, deltas_);
      if (entry != 0) {
        deltas_[entry - 1].diff += delta.diff;
      } else {
        deltas_[kept++] = delta;
        entry = static_cast<uint32_t>(kept);
      }
    }
    deltas_.resize(kept);
  }
  std::erase_if(deltas_, [](const Delta& delta) { return delta.diff == 0; });
}

}  // namespace leat::joins

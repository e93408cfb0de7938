// Differences between two states of a relation.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "log/base/arena.h"

namespace leat::joins {

// A row (model/row.h) that came (+1) or went (-1).
struct Delta {
  std::string_view row;
  int32_t diff = 0;
};

// Deltas whose rows live in the batch's own arena.
class DeltaBatch {
 public:
  // Copies the row.
  void add(std::string_view row, int32_t diff) { deltas_.push_back({arena_.copy(row), diff}); }
  // For a row that was built in arena() already.
  void add_owned(std::string_view row, int32_t diff) { deltas_.push_back({row, diff}); }

  Arena& arena() { return arena_; }
  const Arena& arena() const { return arena_; }
  std::vector<Delta>& deltas() { return deltas_; }
  const std::vector<Delta>& deltas() const { return deltas_; }
  bool empty() const { return deltas_.empty(); }
  size_t size() const { return deltas_.size(); }
  void clear() {
    deltas_.clear();
    arena_.clear();
  }

  // Sums the differences of equal rows and drops those that come to zero; the others stay in the
  // order in which each row came first.
  void consolidate();

 private:
  Arena arena_;
  std::vector<Delta> deltas_;
};

}  // namespace leat::joins

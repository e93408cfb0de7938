// The rows of one relation, kept by a join key: what one side of a join remembers.
//
//   key   = join key fields, then the unique key's other fields (log/model/key.h)
//   value = the row
//
// Where the join key covers the unique key there is one row at most for each join key, and the
// table is asked by key alone: the many-to-one join.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "joins/delta.h"
#include "joins/operator.h"
#include "joins/state_unit.h"
#include "log/base/arena.h"

namespace leat::joins {

// A delta with the key that an arrangement keeps its row by.
struct KeyedDelta {
  std::string_view key;
  uint32_t join_key_bytes = 0;  // the key's first bytes
  bool joinable = false;        // no NULL in the join key: otherwise it matches nothing
  Delta delta;

  std::string_view join_key() const { return key.substr(0, join_key_bytes); }
};

// Deltas of one relation with their keys. The rows belong to the batch it was made from.
class KeyedBatch {
 public:
  const std::vector<KeyedDelta>& deltas() const { return deltas_; }
  size_t held_bytes() const { return arena_.used() + deltas_.size() * sizeof(KeyedDelta); }

 private:
  friend class Arrangement;

  Arena arena_;
  std::vector<KeyedDelta> deltas_;
};

class Arrangement {
 public:
  // Finds its rows again in STATE by NAME.
  static Result<std::unique_ptr<Arrangement>> open(StateUnit& state, const std::string& name,
                                                   RowType row_type, std::vector<int> join_key,
                                                   const std::vector<int>& unique_key);

  // OUT is filled with the keys of DELTAS.
  Status key(const DeltaBatch& deltas, KeyedBatch& out);

  // Takes consolidated deltas; rows that can match nothing are not kept.
  void apply(const KeyedBatch& batch);

  // Calls MATCH(index, row) for each kept row whose join key is JOIN_KEYS[index] (distinct keys).
  using Match = std::function<void(size_t index, std::string_view row)>;
  Status probe(std::span<const std::string_view> join_keys, const Match& match) const;

 private:
  Arrangement(store::BufferedTable& table, RowType row_type, std::vector<int> join_key,
              std::vector<int> other_key);

  store::BufferedTable& table_;
  RowReader reader_;
  std::vector<int> join_key_;
  std::vector<int> other_key_;  // columns of the unique key that are not in the join key
  std::string scratch_;
};

}  // namespace leat::joins

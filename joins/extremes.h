// min or max of each group, also when values are taken out again: the values of a group are
// counted.
//
//   values: group key, value (key.h's field), its row → how often it is in, how long the row is
//   best:   group key → the rest of the key of the group's best value
//
// The order of the keys is the order of the values, so the best is the first or last key of its
// group. It is kept: only when it is taken out are the group's other values looked through. Values
// that are equal but print differently (1.0 and 1.00) are told apart by their row bytes, the
// smaller wins.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "joins/grouper.h"
#include "joins/plan.h"
#include "joins/state_unit.h"
#include "log/base/arena.h"
#include "log/model/datum.h"

namespace leat::joins {

class Extremes {
 public:
  // FUNCTION is min or max; keeps its values in STATE by NAME.
  static Result<std::unique_ptr<Extremes>> open(StateUnit& state, const std::string& name,
                                                AggregateFunction function, Type argument);

  // One step: start, the values (not NULL) that come and go, finish, then the best of each group.
  // GROUP_KEYS stay put until then.
  void start(std::span<const std::string_view> group_keys);
  void add(size_t group, const Datum& value, int32_t diff);
  Status finish();
  // By the step at hand.
  size_t held_bytes() const { return arena_.used() + changes_.size() * sizeof(Change); }
  // NULL for a group without values. Good until the next start().
  Result<Datum> best(size_t group) const;

 private:
  Extremes(AggregateFunction function, Type argument, store::BufferedTable& values,
           store::BufferedTable& best)
      : is_min_(function == AggregateFunction::min),
        type_{argument},
        values_(values),
        best_(best) {}

  // A distinct value of the step.
  struct Change {
    uint32_t group = 0;
    uint32_t row_bytes = 0;
    int64_t diff = 0;
    int64_t count = 0;  // before, then after the step
  };
  // The part of a value's key behind the group; empty: no value.
  struct Best {
    std::string_view suffix;
    uint32_t row_bytes = 0;
    bool lost = false;  // it was taken out
    bool changed = false;
  };

  std::string_view suffix_of(size_t value, size_t group) const {
    return by_value_.keys()[value].substr(group_keys_[group].size());
  }
  bool is_better(std::string_view a, std::string_view b) const {
    return b.empty() || (is_min_ ? a < b : b < a);
  }
  Status load_counts();
  Status load_best();
  void apply_changes();
  void find_best_among_changes();
  Status find_lost_again();
  void store_best();

  bool is_min_;
  RowType type_;
  store::BufferedTable& values_;
  store::BufferedTable& best_;

  std::span<const std::string_view> group_keys_;
  Arena arena_;
  Grouper by_value_;  // its groups are changes_
  std::vector<Change> changes_;
  std::vector<Best> bests_;
  std::string scratch_;
};

}  // namespace leat::joins

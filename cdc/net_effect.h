// What a transaction did to each key, all in all.
//
// Under a deferrable key two rows may hold the same key for a while: after
//     UPDATE t SET id = 3 - id      -- rows 1 and 2 trade keys
// the changes are -1a +2a, -2b +1b, and a tombstone for key 2 would follow the row that now has it.
// Summed by key they are 1: a -> b and 2: b -> a, and at commit every key has at most one row
// again.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace leat::cdc {

// For one table in one transaction. One thread.
class NetEffect {
 public:
  // A row that KEY held and holds no more, and one that it holds now.
  void retract(std::string_view key, std::string_view row) { count(key, row, -1); }
  void insert(std::string_view key, std::string_view row) { count(key, row, +1); }

  size_t bytes() const { return bytes_; }

  // Calls EMIT once for each key that changed, in key order, with the row before and the row after
  // the transaction. False where a key has more than one of either: then the changes that were
  // given are not those of a whole transaction.
  using Emit = std::function<void(std::string_view key, std::optional<std::string_view> before,
                                  std::optional<std::string_view> after)>;
  bool for_each(const Emit& emit) const;

  void clear();

 private:
  using RowCounts = std::map<std::string, int, std::less<>>;
  void count(std::string_view key, std::string_view row, int diff);

  std::map<std::string, RowCounts, std::less<>> keys_;
  size_t bytes_ = 0;
};

}  // namespace leat::cdc

// Groups the members of a batch by equal keys, so that each key is looked up once.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace leat::joins {

class Grouper {
 public:
  // Forgets the last batch; about COUNT members are coming.
  void start(size_t count);
  // Adds the next member. KEY must stay put while the batch is used. Returns its group.
  size_t add(std::string_view key);
  // The next member belongs to no group.
  void skip() { next_.push_back(kEnd); }

  // The distinct keys; a group is an index into them.
  std::span<const std::string_view> keys() const { return keys_; }

  // Calls MEMBER(index) for each member of the group, the last one first.
  template <class F>
  void for_each_member(size_t group, F&& member) const {
    for (uint32_t i = last_[group]; i != kEnd; i = next_[i]) member(size_t{i});
  }

 private:
  static constexpr uint32_t kEnd = UINT32_MAX;
  struct Slot {
    uint32_t tag = 0;
    uint32_t group = kEnd;
  };

  // The slot of KEY, or the free one where it belongs.
  Slot& find(std::string_view key, uint64_t hash);
  void grow();

  std::vector<Slot> slots_;  // a power of two, at most half of them taken
  std::vector<std::string_view> keys_;
  std::vector<uint32_t> last_;  // by group
  std::vector<uint32_t> next_;  // by member
};

}  // namespace leat::joins

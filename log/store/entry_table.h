// Keyed values in memory: entries in an array, their bytes in an arena, found by a hash of the key
// and, in a grouped table, chained by a hash of the group (a prefix of the key, whose length comes
// with the key). So an insert costs the same however large its group is.
//
//   keys_   ──▶ entry ──▶ arena: key bytes, value bytes
//   groups_ ──▶ newest entry of the group ──next_in_group──▶ older one ──▶ …
//
// An erased key stays as an entry without a value, which shadows what lies below this table on
// disk. A changed entry is dirty until mark_clean(). One thread; a const table may be read by
// several.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "log/base/arena.h"

namespace leat::store {

// Whether a table's keys can be asked for by group.
enum class Grouping : uint8_t { by_key, by_group };

class EntryTable {
 public:
  struct Entry {
    char* data;  // key, then value
    uint32_t key_bytes;
    uint32_t group_bytes;
    uint32_t value_bytes;  // kErased: no value
    uint32_t value_room;
    uint32_t next_in_group;  // index + 1; 0: the last
    bool dirty;

    bool erased() const { return value_bytes == kErased; }
    std::string_view key() const { return {data, key_bytes}; }
    std::string_view group() const { return {data, group_bytes}; }
    std::string_view value() const { return {data + key_bytes, erased() ? 0 : value_bytes}; }
  };

  explicit EntryTable(Grouping grouping) : grouping_(grouping) {}

  Grouping grouping() const { return grouping_; }

  // Keys and values are copied; each is less than 4 GiB. A key always comes with the same
  // GROUP_BYTES.
  void put(std::string_view key, size_t group_bytes, std::string_view value);
  void erase(std::string_view key, size_t group_bytes);
  // A value known to lie below already: not dirty.
  void load(std::string_view key, size_t group_bytes, std::string_view value);

  // Null where the key was never seen; what is returned may be erased. Valid until the next change.
  const Entry* find(std::string_view key) const;

  // Calls ENTRY(const Entry&) for each entry of the group, erased ones too.
  template <class F>
  void for_each_in_group(std::string_view group, F&& entry) const {
    for (uint32_t i = group_head(group); i != 0; i = entries_[i - 1].next_in_group) {
      entry(entries_[i - 1]);
    }
  }
  const std::vector<Entry>& entries() const { return entries_; }

  // The dirty entries alone, without indexes: to be written out.
  EntryTable dirty_copy() const;
  void mark_clean();
  // Drops clean erased entries (all of them, where nothing lies below) and the room that rewritten
  // values left.
  void rebuild(bool keep_dirty_erased);

  bool empty() const { return entries_.empty(); }
  // What the table takes, and what of that is dirty, about.
  size_t bytes() const;
  size_t dirty_bytes() const { return dirty_bytes_; }
  // What rebuild() could win, about.
  size_t garbage_bytes() const { return garbage_bytes_; }

 private:
  static constexpr uint32_t kErased = UINT32_MAX;
  // What an entry costs beside its key and value: itself and its share of the indexes.
  static constexpr size_t kEntryOverheadBytes = sizeof(Entry) + 24;

  // Open addressing, linear probing, at most 2/3 full.
  class Index {
   public:
    struct Slot {
      uint32_t hash = 0;
      uint32_t entry = 0;  // index + 1; 0: free
    };

    // The slot for which SAME(entry) holds, or the free one where it belongs. Null where the index
    // has no slots at all.
    template <class Same>
    const Slot* find(uint32_t hash, Same&& same) const {
      if (slots_.empty()) return nullptr;
      const size_t mask = slots_.size() - 1;
      size_t at = hash & mask;
      while (slots_[at].entry != 0 && !(slots_[at].hash == hash && same(slots_[at].entry))) {
        at = (at + 1) & mask;
      }
      return &slots_[at];
    }
    // The same, with room for one more.
    template <class Same>
    Slot& find_or_add(uint32_t hash, Same&& same) {
      if (used_ * 3 >= slots_.size() * 2) grow();
      auto* slot = const_cast<Slot*>(find(hash, same));
      used_ += slot->entry == 0;
      slot->hash = hash;
      return *slot;
    }
    void clear() {
      slots_.clear();
      used_ = 0;
    }

   private:
    void grow();

    std::vector<Slot> slots_;
    size_t used_ = 0;
  };

  uint32_t group_head(std::string_view group) const;
  // New entries are erased ones with room for a value.
  Entry& find_or_add(std::string_view key, size_t group_bytes, size_t value_room);
  Entry& add(std::string_view key, size_t group_bytes, size_t value_room);
  void set_value(Entry& entry, std::string_view value);
  void set_dirty(Entry& entry);
  static size_t cost(const Entry& entry) {
    return kEntryOverheadBytes + entry.key_bytes + entry.value_room;
  }

  Grouping grouping_;
  Arena arena_;
  std::vector<Entry> entries_;
  Index keys_;
  Index groups_;
  size_t dirty_bytes_ = 0;
  size_t garbage_bytes_ = 0;  // erased entries, and room left behind
};

}  // namespace leat::store

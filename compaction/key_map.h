// The newest record of each key, in a fixed number of bytes: an open hash table of 20-byte entries.
//
// It covers a range of the hashes. When it is full it gives up the upper part of the range and
// forgets the keys there, which are another pass's; what it said of them before stays true:
//
//   pass 1   [0 ─────────────── all of them ───────────────]   full: narrowed
//            [0 ──── covered ────)                              … to the end of the records
//   pass 2                       [──── covered ────)            and so on
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compaction/key_hash.h"

namespace leat::compaction {

// The number of a record in the order of reading.
using Ordinal = uint32_t;

class KeyMap {
 public:
  // Of at most BYTES bytes (but room for one key), and no more than KEYS_MAX keys need.
  KeyMap(uint64_t bytes, uint64_t keys_max);

  // Forgets everything; from now on it covers the hashes from FIRST on, up to LAST at most.
  void cover(uint64_t first, uint64_t last);
  bool covers(const KeyHash& hash) const { return hash.first >= first_ && hash.first <= last_; }
  // The end of the range, which put() may bring down.
  uint64_t last() const { return last_; }

  void prefetch(const KeyHash& hash) const { __builtin_prefetch(&entries_[home_of(hash)]); }
  // The record is the newest of its key; the one that was before, if there was. HASH is covered.
  std::optional<Ordinal> put(const KeyHash& hash, Ordinal ordinal);
  bool contains(const KeyHash& hash) const;

  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }

 private:
  static constexpr Ordinal kEmpty = UINT32_MAX;
  // The hash's second half is split, so that an entry needs no padding.
  struct Entry {
    uint32_t words[4];
    Ordinal ordinal = kEmpty;

    bool holds(const KeyHash& hash) const;
    KeyHash hash() const;
    void set(const KeyHash& hash, Ordinal its_ordinal);
  };
  static_assert(sizeof(Entry) == 20);

  size_t home_of(const KeyHash& hash) const;
  size_t find(const KeyHash& hash) const;
  void narrow();
  void remove_uncovered();

  std::vector<Entry> entries_;
  size_t capacity_;
  size_t size_ = 0;
  uint64_t first_ = 0;
  uint64_t last_ = UINT64_MAX;
};

}  // namespace leat::compaction

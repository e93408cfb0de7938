#include "compaction/key_map.h"

#include <algorithm>
#include <cstring>

#include "log/base/check.h"

namespace leat::compaction {
namespace {

// Of five entries four are used: searches stay short.
size_t entries_for(uint64_t keys) {
  return static_cast<size_t>(keys + (keys + 3) / 4 + 2);
}

}  // namespace

bool KeyMap::Entry::holds(const KeyHash& hash) const {
  return std::memcmp(words, &hash, sizeof words) == 0;
}

KeyHash KeyMap::Entry::hash() const {
  KeyHash hash;
  std::memcpy(&hash, words, sizeof words);
  return hash;
}

void KeyMap::Entry::set(const KeyHash& hash, Ordinal its_ordinal) {
  std::memcpy(words, &hash, sizeof words);
  ordinal = its_ordinal;
}

KeyMap::KeyMap(uint64_t bytes, uint64_t keys_max) {
  uint64_t entries = std::max<uint64_t>(bytes / sizeof(Entry), 3);
  entries = std::min<uint64_t>(entries, entries_for(keys_max));
  entries_.resize(std::max<size_t>(static_cast<size_t>(entries), 3));
  capacity_ = std::max<size_t>((entries_.size() - 2) * 4 / 5, 1);
}

void KeyMap::cover(uint64_t first, uint64_t last) {
  if (size_ > 0) std::fill(entries_.begin(), entries_.end(), Entry());
  size_ = 0;
  first_ = first;
  last_ = last;
}

// The second half of the hash says where; the first one which pass.
size_t KeyMap::home_of(const KeyHash& hash) const {
  using Wide = unsigned __int128;
  return static_cast<size_t>(Wide{hash.second} * entries_.size() >> 64);
}

size_t KeyMap::find(const KeyHash& hash) const {
  size_t at = home_of(hash);
  while (entries_[at].ordinal != kEmpty && !entries_[at].holds(hash)) {
    at = at + 1 == entries_.size() ? 0 : at + 1;
  }
  return at;
}

bool KeyMap::contains(const KeyHash& hash) const {
  return entries_[find(hash)].ordinal != kEmpty;
}

std::optional<Ordinal> KeyMap::put(const KeyHash& hash, Ordinal ordinal) {
  Entry& entry = entries_[find(hash)];
  if (entry.ordinal != kEmpty) {
    Ordinal before = entry.ordinal;
    entry.ordinal = ordinal;
    return before;
  }
  entry.set(hash, ordinal);
  if (++size_ > capacity_) narrow();
  LEAT_CHECK(size_ < entries_.size());
  return std::nullopt;
}

// Gives up a fifth of the range at a time, so that a pass ends nearly full.
void KeyMap::narrow() {
  while (size_ > capacity_ && last_ > first_) {
    last_ -= std::max<uint64_t>((last_ - first_) / 5, 1);
    remove_uncovered();
  }
}

// Begins behind a free place: there no search goes across, and whatever is put back finds its place
// before where it stood.
void KeyMap::remove_uncovered() {
  size_t start = 0;
  while (entries_[start].ordinal != kEmpty) ++start;
  for (size_t i = 1; i < entries_.size(); ++i) {
    size_t at = start + i;
    Entry& entry = entries_[at < entries_.size() ? at : at - entries_.size()];
    if (entry.ordinal == kEmpty) continue;
    Entry moved = entry;
    entry.ordinal = kEmpty;
    if (covers(moved.hash())) {
      entries_[find(moved.hash())] = moved;
    } else {
      --size_;
    }
  }
}

}  // namespace leat::compaction

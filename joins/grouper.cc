#include "joins/grouper.h"

#include "log/base/check.h"
#include "log/base/hash.h"

namespace leat::joins {
namespace {

uint32_t tag_of(uint64_t hash) {
  return static_cast<uint32_t>(hash >> 32);
}

}  // namespace

void Grouper::start(size_t count) {
  LEAT_CHECK(count < kEnd);
  size_t size = 16;
  while (size < count * 2) size *= 2;
  slots_.assign(size, Slot());
  keys_.clear();
  last_.clear();
  next_.clear();
}

size_t Grouper::add(std::string_view key) {
  if (keys_.size() * 2 >= slots_.size()) grow();
  const auto hash = hash64(key);
  Slot& slot = find(key, hash);
  if (slot.group == kEnd) {
    slot = {tag_of(hash), static_cast<uint32_t>(keys_.size())};
    keys_.push_back(key);
    last_.push_back(kEnd);
  }
  next_.push_back(last_[slot.group]);
  last_[slot.group] = static_cast<uint32_t>(next_.size() - 1);
  return slot.group;
}

Grouper::Slot& Grouper::find(std::string_view key, uint64_t hash) {
  const uint32_t tag = tag_of(hash);
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  while (slots_[at].group != kEnd && !(slots_[at].tag == tag && keys_[slots_[at].group] == key)) {
    at = (at + 1) & mask;
  }
  return slots_[at];
}

void Grouper::grow() {
  slots_.assign(slots_.size() * 2, Slot());
  for (size_t group = 0; group < keys_.size(); ++group) {
    const auto hash = hash64(keys_[group]);
    find(keys_[group], hash) = {tag_of(hash), static_cast<uint32_t>(group)};
  }
}

}  // namespace leat::joins

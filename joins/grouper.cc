#include "joins/grouper.h"

#include "log/base/check.h"
#include "log/base/hash.h"

namespace leat::joins {

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
  const auto hash = hash64(key);
  const auto tag = static_cast<uint32_t>(hash >> 32);
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  while (slots_[at].group != kEnd && !(slots_[at].tag == tag && keys_[slots_[at].group] == key)) {
    at = (at + 1) & mask;
  }
  Slot& slot = slots_[at];
  if (slot.group == kEnd) {
    slot = {tag, static_cast<uint32_t>(keys_.size())};
    keys_.push_back(key);
    last_.push_back(kEnd);
  }
  next_.push_back(last_[slot.group]);
  last_[slot.group] = static_cast<uint32_t>(next_.size() - 1);
  return slot.group;
}

}  // namespace leat::joins

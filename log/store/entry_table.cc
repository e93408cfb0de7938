#include "log/store/entry_table.h"

#include <cstring>

#include "log/base/check.h"
#include "log/base/hash.h"

namespace leat::store {
namespace {

uint32_t hash_of(std::string_view bytes) {
  return static_cast<uint32_t>(hash64(bytes));
}

}  // namespace

void EntryTable::Index::grow() {
  constexpr size_t kFirstSlots = 16;
  std::vector<Slot> old(slots_.empty() ? kFirstSlots : slots_.size() * 2);
  old.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.entry == 0) continue;
    size_t at = slot.hash & mask;
    while (slots_[at].entry != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

void EntryTable::put(std::string_view key, size_t group_bytes, std::string_view value) {
  Entry& entry = find_or_add(key, group_bytes, value.size());
  set_value(entry, value);
  set_dirty(entry);
}

void EntryTable::erase(std::string_view key, size_t group_bytes) {
  Entry& entry = find_or_add(key, group_bytes, 0);
  if (!entry.erased()) garbage_bytes_ += cost(entry);
  entry.value_bytes = kErased;
  set_dirty(entry);
}

void EntryTable::load(std::string_view key, size_t group_bytes, std::string_view value) {
  set_value(find_or_add(key, group_bytes, value.size()), value);
}

const EntryTable::Entry* EntryTable::find(std::string_view key) const {
  const auto* slot =
      keys_.find(hash_of(key), [&](uint32_t i) { return entries_[i - 1].key() == key; });
  return slot == nullptr || slot->entry == 0 ? nullptr : &entries_[slot->entry - 1];
}

uint32_t EntryTable::group_head(std::string_view group) const {
  const auto* slot =
      groups_.find(hash_of(group), [&](uint32_t i) { return entries_[i - 1].group() == group; });
  return slot == nullptr ? 0 : slot->entry;
}

EntryTable::Entry& EntryTable::find_or_add(std::string_view key, size_t group_bytes,
                                           size_t value_room) {
  auto& slot =
      keys_.find_or_add(hash_of(key), [&](uint32_t i) { return entries_[i - 1].key() == key; });
  if (slot.entry != 0) return entries_[slot.entry - 1];
  Entry& entry = add(key, group_bytes, value_room);
  slot.entry = static_cast<uint32_t>(entries_.size());
  if (grouping_ == Grouping::by_group) {
    const std::string_view group = entry.group();
    auto& head = groups_.find_or_add(hash_of(group),
                                     [&](uint32_t i) { return entries_[i - 1].group() == group; });
    entry.next_in_group = head.entry;
    head.entry = slot.entry;
  }
  return entry;
}

EntryTable::Entry& EntryTable::add(std::string_view key, size_t group_bytes, size_t value_room) {
  LEAT_CHECK(key.size() < kErased && value_room < kErased && entries_.size() < kErased - 1);
  char* data = arena_.allocate(key.size() + value_room);
  if (!key.empty()) std::memcpy(data, key.data(), key.size());
  entries_.push_back({data, static_cast<uint32_t>(key.size()), static_cast<uint32_t>(group_bytes),
                      kErased, static_cast<uint32_t>(value_room), 0, false});
  garbage_bytes_ += cost(entries_.back());
  return entries_.back();
}

void EntryTable::set_value(Entry& entry, std::string_view value) {
  LEAT_CHECK(value.size() < kErased);
  const auto size = static_cast<uint32_t>(value.size());
  if (entry.erased()) garbage_bytes_ -= cost(entry);
  if (size > entry.value_room) {
    char* data = arena_.allocate(entry.key_bytes + size);
    if (entry.key_bytes != 0) std::memcpy(data, entry.data, entry.key_bytes);
    garbage_bytes_ += entry.key_bytes + entry.value_room;
    entry.data = data;
    entry.value_room = size;
  }
  entry.value_bytes = size;
  if (size != 0) std::memcpy(entry.data + entry.key_bytes, value.data(), size);
}

void EntryTable::set_dirty(Entry& entry) {
  if (entry.dirty) return;
  entry.dirty = true;
  dirty_bytes_ += cost(entry);
}

EntryTable EntryTable::dirty_copy() const {
  EntryTable out(Grouping::by_key);
  for (const Entry& entry : entries_) {
    if (!entry.dirty) continue;
    Entry& copy = out.add(entry.key(), entry.group_bytes, entry.value().size());
    if (!entry.erased()) out.set_value(copy, entry.value());
    copy.dirty = true;
  }
  return out;
}

void EntryTable::mark_clean() {
  for (Entry& entry : entries_) entry.dirty = false;
  dirty_bytes_ = 0;
}

void EntryTable::rebuild(bool keep_dirty_erased) {
  EntryTable out(grouping_);
  for (const Entry& entry : entries_) {
    if (entry.erased() && !(keep_dirty_erased && entry.dirty)) continue;
    Entry& copy = out.find_or_add(entry.key(), entry.group_bytes, entry.value().size());
    if (!entry.erased()) out.set_value(copy, entry.value());
    if (entry.dirty) out.set_dirty(copy);
  }
  *this = std::move(out);
}

size_t EntryTable::bytes() const {
  return arena_.used() + entries_.size() * kEntryOverheadBytes;
}

}  // namespace leat::store

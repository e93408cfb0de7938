#include "log/store/buffered_table.h"

#include <algorithm>
#include <utility>

#include "log/base/bytes.h"
#include "log/base/check.h"

namespace leat::store {
namespace {

constexpr size_t kBatchBytes = 256 << 10;

// An entry to sort by key: the first 16 bytes as numbers spare most looks at the key itself.
struct SortItem {
  uint64_t first;
  uint64_t second;
  const EntryTable::Entry* entry;
};

uint64_t word_at(std::string_view key, size_t at) {
  char bytes[8] = {};
  if (at < key.size()) key.copy(bytes, sizeof bytes, at);
  return load_be<uint64_t>(bytes);
}

std::vector<SortItem> sorted_dirty(const EntryTable& entries) {
  std::vector<SortItem> items;
  for (const auto& entry : entries.entries()) {
    if (entry.dirty) items.push_back({word_at(entry.key(), 0), word_at(entry.key(), 8), &entry});
  }
  std::sort(items.begin(), items.end(), [](const SortItem& a, const SortItem& b) {
    if (a.first != b.first) return a.first < b.first;
    if (a.second != b.second) return a.second < b.second;
    return a.entry->key() < b.entry->key();
  });
  return items;
}

}  // namespace

BufferedTable::BufferedTable(const Store* store, TableId store_table, std::string prefix,
                             Grouping grouping)
    : store_(store),
      store_table_(store_table),
      prefix_(std::move(prefix)),
      grouping_(grouping),
      active_(grouping) {}

Status BufferedTable::load(size_t bytes_max) {
  LEAT_CHECK(store_ != nullptr && active_.empty());
  PrefixCursor& stored = cursor();
  for (stored.seek(prefix_); stored.valid(); stored.next()) {
    if (active_.bytes() > bytes_max) {
      active_ = EntryTable(grouping_);
      complete_ = false;
      return Ok{};
    }
    LEAT_ASSIGN_OR_RETURN(StoredValue found, parse_stored(stored.value()));
    active_.load(stored.key().substr(prefix_.size()), found.group_bytes, found.value);
  }
  return stored.status();
}

Status BufferedTable::get(std::span<const std::string_view> keys, const Found& found) const {
  std::vector<size_t> missing;
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto* entry = find_in_memory(keys[i]);
    if (entry != nullptr && !entry->erased()) found(i, entry->value());
    if (entry == nullptr && !complete_) missing.push_back(i);
  }
  return missing.empty() ? Status() : get_stored(keys, std::move(missing), found);
}

Status BufferedTable::get_stored(std::span<const std::string_view> keys, std::vector<size_t> wanted,
                                 const Found& found) const {
  std::sort(wanted.begin(), wanted.end(), [&](size_t a, size_t b) { return keys[a] < keys[b]; });
  Arena arena;
  std::vector<std::string_view> stored_keys;
  stored_keys.reserve(wanted.size());
  for (size_t i : wanted) {
    char* to = arena.allocate(prefix_.size() + keys[i].size());
    prefix_.copy(to, prefix_.size());
    keys[i].copy(to + prefix_.size(), keys[i].size());
    stored_keys.emplace_back(to, prefix_.size() + keys[i].size());
  }
  Status parsed;
  auto take = [&](size_t index, std::string_view stored) {
    auto value = parse_stored(stored);
    if (value.ok()) return found(wanted[index], value->value);
    parsed = value.error();
  };
  LEAT_RETURN_IF_ERROR(store_->multi_get(store_table_, stored_keys, take));
  return parsed;
}

Status BufferedTable::scan_groups(std::span<const std::string_view> groups, const Row& row) const {
  LEAT_CHECK(grouping_ == Grouping::by_group);
  for (size_t i = 0; i < groups.size(); ++i) {
    active_.for_each_in_group(groups[i], [&](const EntryTable::Entry& entry) {
      if (!entry.erased()) row(i, entry.key(), entry.value());
    });
    if (frozen_ == nullptr) continue;
    frozen_->for_each_in_group(groups[i], [&](const EntryTable::Entry& entry) {
      if (!entry.erased() && active_.find(entry.key()) == nullptr)
        row(i, entry.key(), entry.value());
    });
  }
  return complete_ ? Status() : scan_stored_groups(groups, row);
}

Status BufferedTable::scan_stored_groups(std::span<const std::string_view> groups,
                                         const Row& row) const {
  std::vector<size_t> order(groups.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return groups[a] < groups[b]; });
  std::string from = prefix_;
  for (size_t i : order) {
    from.resize(prefix_.size());
    from.append(groups[i]);
    LEAT_RETURN_IF_ERROR(scan_stored(i, from, row));
  }
  return Ok{};
}

Status BufferedTable::scan_all(const Row& row) const {
  for (const auto& entry : active_.entries()) {
    if (!entry.erased()) row(0, entry.key(), entry.value());
  }
  if (frozen_ != nullptr) {
    for (const auto& entry : frozen_->entries()) {
      if (!entry.erased() && active_.find(entry.key()) == nullptr)
        row(0, entry.key(), entry.value());
    }
  }
  return complete_ ? Status() : scan_stored(0, prefix_, row);
}

Status BufferedTable::scan_stored(size_t index, std::string_view from, const Row& row) const {
  PrefixCursor& stored = cursor();
  for (stored.seek(from); stored.valid(); stored.next()) {
    const std::string_view key = stored.key().substr(prefix_.size());
    if (find_in_memory(key) != nullptr) continue;
    LEAT_ASSIGN_OR_RETURN(StoredValue found, parse_stored(stored.value()));
    row(index, key, found.value);
  }
  return stored.status();
}

const EntryTable::Entry* BufferedTable::find_in_memory(std::string_view key) const {
  const auto* entry = active_.find(key);
  return entry == nullptr && frozen_ != nullptr ? frozen_->find(key) : entry;
}

PrefixCursor& BufferedTable::cursor() const {
  if (cursor_ == nullptr) cursor_ = store_->prefix_cursor(store_table_);
  return *cursor_;
}

Result<BufferedTable::StoredValue> BufferedTable::parse_stored(std::string_view stored) const {
  if (grouping_ == Grouping::by_key) return StoredValue{0, stored};
  ByteReader reader(stored);
  StoredValue out;
  out.group_bytes = reader.varint();
  out.value = reader.rest();
  if (!reader.ok()) return Error::permanent("the state store holds a row that cannot be read");
  return out;
}

std::shared_ptr<const EntryTable> BufferedTable::freeze(bool keep_complete) {
  LEAT_CHECK(frozen_ == nullptr && store_ != nullptr);
  const bool anything = active_.dirty_bytes() != 0;
  if (complete_ && keep_complete) {
    if (!anything) return nullptr;
    auto copy = std::make_shared<const EntryTable>(active_.dirty_copy());
    active_.mark_clean();
    return copy;
  }
  complete_ = false;
  if (anything) frozen_ = std::make_shared<const EntryTable>(std::move(active_));
  active_ = EntryTable(grouping_);
  garbage_bytes_max_ = kGarbageBytesMin;
  return frozen_;
}

void BufferedTable::drop_frozen() {
  frozen_.reset();
  cursor_.reset();
}

Status BufferedTable::write_out(const EntryTable& entries, const WriteFull& write) const {
  WriteBatch batch(*store_);
  std::string lead;
  for (const SortItem& item : sorted_dirty(entries)) {
    const auto& entry = *item.entry;
    lead = prefix_;
    lead.append(entry.key());
    if (entry.erased()) {
      batch.erase(store_table_, lead);
    } else {
      put_stored(batch, lead, entry);
    }
    if (batch.bytes() < kBatchBytes) continue;
    LEAT_RETURN_IF_ERROR(write(batch));
    batch.clear();
  }
  return write(batch);
}

void BufferedTable::put_stored(WriteBatch& batch, std::string_view key,
                               const EntryTable::Entry& entry) const {
  std::string group_bytes;
  if (grouping_ == Grouping::by_group) append_varint(&group_bytes, entry.group_bytes);
  const std::string_view value_parts[] = {group_bytes, entry.value()};
  batch.put(store_table_, {&key, 1}, value_parts);
}

void BufferedTable::drop_garbage() {
  active_.rebuild(/*keep_dirty_erased=*/store_ != nullptr);
  // What could not be dropped must double before another try.
  garbage_bytes_max_ =
      std::max({kGarbageBytesMin, active_.bytes() / 2, active_.garbage_bytes() * 2});
}

}  // namespace leat::store

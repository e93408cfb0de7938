// A table of keyed values whose newest changes are in memory, over sorted data in a Store.
//
//   put, erase ──▶ active ─(freeze)─▶ frozen ─(background: sort, write)─▶ Store
//   get, scan  ──▶ active, then frozen, then Store: the first that knows the key decides
//
// A table is complete while all its rows are in `active`: then the Store is never asked. Small
// tables stay so; a freeze copies what is dirty and leaves them in memory. Large ones give their
// memory away at a freeze and answer from the Store what they no longer hold.
//
// Tables belong to a StateUnit (log/store/state_unit.h), which freezes and flushes them together.
// All calls come from the unit's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/status.h"
#include "log/store/entry_table.h"
#include "log/store/store.h"

namespace leat::store {

class BufferedTable {
 public:
  // GROUP_BYTES: how long the prefix of the key is that names its group; always the same for a key.
  // In a table that is asked by key alone it is not looked at.
  void put(std::string_view key, size_t group_bytes, std::string_view value) {
    active_.put(key, group_bytes, value);
    if (active_.garbage_bytes() > garbage_bytes_max_) drop_garbage();
  }
  void erase(std::string_view key, size_t group_bytes) {
    active_.erase(key, group_bytes);
    if (active_.garbage_bytes() > garbage_bytes_max_) drop_garbage();
  }

  // Called with the index of the key or group that was asked for. Must not change the table; views
  // live until the callback returns.
  using Found = std::function<void(size_t index, std::string_view value)>;
  using Row = std::function<void(size_t index, std::string_view key, std::string_view value)>;

  // Calls FOUND once for each key that has a value. Keys in any order.
  Status get(std::span<const std::string_view> keys, const Found& found) const;

  // Calls ROW for each row of each group, in no order. Groups in any order, each at most once; no
  // group may be a proper prefix of another (fields of key.h never are). Grouped tables only.
  Status scan_groups(std::span<const std::string_view> groups, const Row& row) const;

  // Calls ROW for each row of the table (index 0), in no order.
  Status scan_all(const Row& row) const;

  bool complete() const { return complete_; }
  // Memory held: all of it, and what is not yet frozen of it.
  size_t bytes() const { return active_.bytes() + (frozen_ ? frozen_->bytes() : 0); }
  size_t dirty_bytes() const { return active_.dirty_bytes(); }

 private:
  friend class StateUnit;

  static constexpr size_t kGarbageBytesMin = 1 << 20;

  // STORE may be null: memory alone. PREFIX leads the table's keys in STORE_TABLE; no other prefix
  // there begins with it.
  BufferedTable(const Store* store, TableId store_table, std::string prefix, Grouping grouping);

  // Takes the stored rows into memory where they need at most BYTES_MAX. Once, at the start.
  Status load(size_t bytes_max);

  // What is dirty now, to be written out while it stays readable here. Null: nothing.
  // KEEP_COMPLETE: copy it, so that a complete table can stay complete.
  std::shared_ptr<const EntryTable> freeze(bool keep_complete);
  // What was frozen has been written to the Store.
  void drop_frozen();
  // Appends ENTRIES, sorted by key, to batches; calls WRITE for each full one.
  using WriteFull = std::function<Status(WriteBatch&)>;
  Status write_out(const EntryTable& entries, const WriteFull& write) const;
  void put_stored(WriteBatch& batch, std::string_view key, const EntryTable::Entry& entry) const;

  void drop_garbage();

  // In a grouped table the value's stored form leads with the group's length, so that loading can
  // rebuild the groups.
  struct StoredValue {
    size_t group_bytes = 0;
    std::string_view value;
  };
  Result<StoredValue> parse_stored(std::string_view stored) const;
  Status get_stored(std::span<const std::string_view> keys, std::vector<size_t> wanted,
                    const Found& found) const;
  Status scan_stored_groups(std::span<const std::string_view> groups, const Row& row) const;
  // Stored rows whose keys begin with FROM and of which memory knows nothing.
  Status scan_stored(size_t index, std::string_view from, const Row& row) const;
  // The entry in memory that decides, or null.
  const EntryTable::Entry* find_in_memory(std::string_view key) const;
  PrefixCursor& cursor() const;

  const Store* store_;
  TableId store_table_;
  std::string prefix_;
  Grouping grouping_;  // like the three above, never changes: read by the background flush
  bool complete_ = true;
  EntryTable active_;
  size_t garbage_bytes_max_ = kGarbageBytesMin;
  std::shared_ptr<const EntryTable> frozen_;  // incomplete tables only
  // Kept between calls: what it does not see of the Store is still frozen.
  mutable std::unique_ptr<PrefixCursor> cursor_;
};

}  // namespace leat::store

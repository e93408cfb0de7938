// Keyed bytes on disk: RocksDB behind one narrow interface. Nothing else includes RocksDB's
// headers.
//
// The write-ahead log is off: what is durable is what flush() has brought to disk, and the change
// log is replayed from the position that was flushed with it. A flush makes everything written to
// the named tables so far durable at once (all of it or none, across the tables); nothing is ever
// flushed by itself, so a unit that must survive together is written first and flushed then. The
// write buffers count against the memory limit; the owner of a table flushes before they grow past
// its budget.
//
// On a full disk a flush waits, visibly, and goes on when there is room; what is read and written
// meanwhile is not held up by it. A store that is about to be closed does not wait: its flush is
// left out, a transient error.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/ids.h"
#include "log/base/status.h"

namespace leat::store {

using TableId = StrongId<struct TableTag, uint32_t>;

class Store;

// Writes that become visible together. For one store, which must outlive it.
class WriteBatch {
 public:
  explicit WriteBatch(const Store& store);
  ~WriteBatch();
  WriteBatch(WriteBatch&&) noexcept;
  WriteBatch& operator=(WriteBatch&&) noexcept;

  void put(TableId table, std::string_view key, std::string_view value);
  // Key and value are each the concatenation of at most 4 parts.
  void put(TableId table, std::span<const std::string_view> key_parts,
           std::span<const std::string_view> value_parts);
  void erase(TableId table, std::string_view key);
  // All keys in [FROM, TO).
  void erase_range(TableId table, std::string_view from, std::string_view to);
  void clear();
  size_t count() const;
  size_t bytes() const;

 private:
  friend class Store;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Walks keys in order. Views live until the next move. Check status() when it is no longer valid().
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual bool valid() const = 0;
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  virtual void next() = 0;
  virtual Status status() const = 0;
};

// The keys with one prefix after the other, as of the cursor's making. What a prefix costs does not
// depend on how many erased keys there are outside of it.
class PrefixCursor : public Cursor {
 public:
  virtual void seek(std::string_view prefix) = 0;  // to the first key that begins with PREFIX
};

// The first key after all that begin with PREFIX; empty where none is.
std::string end_of_prefix(std::string_view prefix);

// The tables as of one moment. Any thread; keeps what it sees alive, so it must not be kept for
// long. Must not outlive the Store.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
  virtual Result<std::optional<std::string>> get(TableId table, std::string_view key) const = 0;
  // Keys in [FROM, TO); an empty TO means to the end.
  virtual std::unique_ptr<Cursor> scan(TableId table, std::string_view from,
                                       std::string_view to) const = 0;
};

struct StoreOptions {
  std::string path;
  size_t block_cache_bytes = 128 << 20;
  size_t open_files_max = 512;
  // Tables (column families) by their id's index; made where missing. Tables on disk that are not
  // named here are left as they are.
  std::vector<std::string> tables;
};

class Store {
 public:
  static Result<std::unique_ptr<Store>> open(const StoreOptions& options);
  ~Store();  // does not flush

  // Any thread. After a permanent error the store must be reopened.
  Status write(WriteBatch& batch);
  // Waits for the flush. What other tables hold stays unflushed.
  Status flush(std::span<const TableId> tables);
  // The same in the background: when it returns, what has been written is sealed, and later writes
  // are not part of it. At most one at a time for a table.
  Status begin_flush(std::span<const TableId> tables);
  // What begin_flush() sealed in these tables is durable.
  Result<bool> flush_is_done(std::span<const TableId> tables) const;

  // The present contents, no snapshot held.
  Result<std::optional<std::string>> get(TableId table, std::string_view key) const;
  // Sorted KEYS; calls FOUND(index, value) for each one that is there.
  Status multi_get(TableId table, std::span<const std::string_view> keys,
                   const std::function<void(size_t, std::string_view)>& found) const;
  std::unique_ptr<Cursor> scan(TableId table, std::string_view from, std::string_view to) const;
  // At no key until its first seek.
  std::unique_ptr<PrefixCursor> prefix_cursor(TableId table) const;

  std::shared_ptr<const Snapshot> snapshot() const;

  // Bytes on disk of all tables, and bytes written but not flushed (sealed ones included).
  uint64_t disk_bytes() const;
  uint64_t unflushed_bytes() const;
  uint64_t unflushed_bytes(TableId table) const;
  // Bytes written to the table and not sealed by a flush.
  uint64_t unsealed_bytes(TableId table) const;
  // Held by the block cache, the write buffers included.
  uint64_t cache_bytes() const;

  // Not empty: a flush waits for room on the disk.
  std::string paused_reason() const;
  // The store is about to be closed: a flush that finds no room fails from here on, and so does
  // each one after it, and each write: transient errors, of a store that is at its end.
  void give_up_waiting();

 private:
  friend class WriteBatch;
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace leat::store

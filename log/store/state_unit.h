// Tables in memory and a position that become durable together.
//
// What it promises: after a crash the tables hold exactly what they held at some begin_flush(), and
// stored_position() is the position given there. Replaying the changes from that position brings
// them to where they were.
//
//   owner:       changes … begin_flush(P) … more changes …            (next flush)
//   at freeze:   every table's dirty entries become immutable (frozen)
//   background:          sort, write into the Store, P last, ONE atomic flush of all store tables
//   owner:                                                    … frozen is dropped
//
// Why that holds. (1) What is written to the Store before the flush is only in RocksDB's memtables;
// nothing flushes those but this unit, so a crash before the flush leaves the previous flush's
// state. (2) The flush is atomic over the store tables. (3) It contains the frozen entries, which
// are the tables as of begin_flush(), and P, and nothing later: the owner's later changes are in
// `active`, which never goes to the Store without a freeze.
//
// Store tables may be flushed along that somebody writes directly (`flushed_with`: a view's rows).
// They may be on disk ahead of P, by what was written to them between begin_flush() and the flush.
// That is harmless where replay overwrites: each such write sets a key's value, replay sets the
// same keys again, in order, and ends no earlier than the log did before the crash; its owner
// answers no reads until it is there. It would not be harmless for anything that is read and added
// to.
//
// The store tables of a unit are written and flushed by no other unit.
//
// Bounds. The tables hold at most resident_bytes_max in memory for good (complete tables, the
// smallest first), buffered_bytes_max of changes (the owner calls begin_flush() when
// wants_flush()), the same again while it is being written, and its copy in RocksDB's memtables.
// When a flush is to begin while the one before it is still running, the owner waits, and
// flush_waits counts it.
//
// One thread owns a unit and its tables.
#pragma once

#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/status.h"
#include "log/store/buffered_table.h"
#include "log/store/store.h"

namespace leat::store {

struct StateUnitOptions {
  // Null: memory alone, for what need not survive; then resident_bytes_max bounds all of it, and
  // nothing below is looked at.
  Store* store = nullptr;
  TableId state_table;
  std::vector<TableId> flushed_with;

  size_t resident_bytes_max = 64 << 20;
  size_t buffered_bytes_max = 64 << 20;
};

struct StateUnitStats {
  uint64_t flushes = 0;
  uint64_t flush_waits = 0;  // begin_flush() had to wait for the flush before it
  size_t memory_bytes = 0;   // held by the tables
  size_t tables = 0;
  size_t complete_tables = 0;
};

class StateUnit {
 public:
  static Result<std::unique_ptr<StateUnit>> open(const StateUnitOptions& options);
  // Memory alone; status() becomes an error when the tables hold more than BYTES_MAX.
  static std::unique_ptr<StateUnit> in_memory(size_t bytes_max);
  // Waits for a running flush. What was not flushed is forgotten.
  ~StateUnit();

  // The position of the flush that was found at opening; empty where there was none.
  const std::string& stored_position() const { return stored_position_; }

  // The table of that name, as stored, or a new one; a name means one grouping for ever. Lives as
  // long as the unit or until it is erased.
  Result<BufferedTable*> table(std::string_view name, Grouping grouping);
  // Names of the tables there are, in memory or stored.
  std::vector<std::string> table_names() const;
  // Removes the tables whose names begin with PREFIX, their rows included; durable with the next
  // flush. Waits for a running one.
  Status erase_tables(std::string_view prefix);

  // So much is buffered that begin_flush() is due.
  bool wants_flush();
  // Freezes all tables as they are now; they and POSITION (not empty) become durable in the
  // background. Waits for a flush that is still running.
  Status begin_flush(std::string position);
  // Waits for the running flush, if any.
  Status wait_flush();
  // The last position known to be durable.
  const std::string& flushed_position();

  // An error when a flush has failed or a unit in memory has outgrown its bound: permanent, the
  // unit must be dropped.
  Status status();
  StateUnitStats stats() const;

 private:
  struct NamedTable {
    uint32_t id = 0;
    std::unique_ptr<BufferedTable> table;  // null: stored, not asked for yet
  };
  struct FrozenTable {
    const BufferedTable* table;
    std::shared_ptr<const EntryTable> entries;
  };

  explicit StateUnit(const StateUnitOptions& options) : options_(options) {}

  Status read_names();
  std::vector<FrozenTable> freeze_tables();
  Status write_and_flush(const std::vector<FrozenTable>& frozen, const std::string& position) const;
  // Takes note of a flush that has ended.
  void finish_flush();
  size_t resident_bytes() const;

  StateUnitOptions options_;
  std::map<std::string, NamedTable, std::less<>> tables_;
  uint32_t next_id_ = 1;
  std::string stored_position_;
  std::string flushed_position_;
  std::string flushing_position_;
  std::future<Status> flushing_;
  Status status_;
  StateUnitStats stats_;
};

}  // namespace leat::store

// Tables in memory and a position that become durable together.
//
// What it promises: after a crash the tables hold exactly what they held at some begin_flush(), and
// stored_position() is the position given there. Replaying the changes from that position brings
// them to where they were. The same holds for store tables that the owner writes directly and has
// flushed along (`flushed_with`: a view's rows).
//
//   owner:      changes … wants_flush() … changes … wants_flush(): true, begin_flush(P) … changes …
//                           │ freeze                      │ write the rest and P, seal
//   background:             └─▶ stage: sort, write ───▶│  └─▶ RocksDB flushes what is sealed
//   on disk:                    (nothing)                                                ──▶ all of
//   it
//
// Why that holds. (1) What is written to the Store is only in RocksDB's memtables; nothing flushes
// those but this unit, so a crash before the end of the flush leaves what the flush before it left.
// (2) begin_flush() runs on the owner's thread, so between writing the rest and sealing nobody
// writes: the memtables then hold the tables as of that moment, P, and nothing later. (3) Sealing
// and flushing are atomic over the store tables (RocksDB's atomic_flush).
//
// Staging is there to make (2) short: the bulk of the changes goes into the memtables in the
// background, in rounds, until what has gathered meanwhile is little. A frozen table stays readable
// in memory until its round is over, then the memtables answer.
//
// The store tables of a unit are written and flushed by nobody else.
//
// Bounds. The tables hold at most resident_bytes_max in memory for good (complete tables, the
// smallest first). buffered_bytes_max of changes, in memory and in the memtables together, make a
// flush due; while it is staged and written, the same may gather again. Where that is not enough
// (the disk is slower than the changes), begin_flush() waits, and flush_waits counts it.
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

  // begin_flush() is due: so much is buffered, or it was requested, and the bulk of it is staged.
  // To be asked after each step; it is what drives the staging.
  bool wants_flush();
  // wants_flush() shall become true soon.
  void request_flush() { requested_ = true; }
  // Makes all tables as they are now durable with POSITION (not empty), in the background. Waits
  // for a flush or a staging that is still running. May be called at any time; when wants_flush()
  // says so, there is little left to write and it is quick.
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

  static constexpr size_t kRestBytesMax = 1 << 20;  // a few milliseconds of writing
  static constexpr int kStagingRoundsMax = 4;

  Status read_names();
  template <class F>
  void for_each_table(F&& f) const;
  size_t dirty_bytes() const;
  size_t buffered_bytes() const;
  size_t resident_bytes() const;
  std::vector<TableId> store_tables() const;

  std::vector<FrozenTable> freeze_tables();
  static Status write_out(Store& store, const std::vector<FrozenTable>& frozen);
  void drop_frozen();
  void begin_staging();
  void finish_staging();
  void wait_staging();
  Status write_rest_and_seal(const std::string& position);
  void finish_flush();
  bool is_flushing() const { return !flushing_position_.empty(); }
  void note(Status ended);

  StateUnitOptions options_;
  std::map<std::string, NamedTable, std::less<>> tables_;
  uint32_t next_id_ = 1;
  std::string stored_position_;
  std::string flushed_position_;
  std::string flushing_position_;  // empty: no flush is running
  bool requested_ = false;
  std::future<Status> staging_;
  int staging_rounds_ = 0;  // since the last flush began
  Status status_;
  StateUnitStats stats_;
};

}  // namespace leat::store

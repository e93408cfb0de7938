// The rows of a group's views in the Store, where readers' snapshots see them.
//
//   rows: ViewId u64, unique key → row            undo: sequence u64 → ViewId u64, key, old row
//
// Rows are written directly, while the group's arrangements wait in memory for the next flush of
// the unit (log/store/state_unit.h). So what a flush brings to disk may contain rows from after its
// position P:
//
//   begin_flush(P)      cut 10: +k          flush runs         cut 11: -k          crash
//   ───────┼─────────────────┼───────────────────┼──────────────────┼────────────────┼──▶
//                       k is on disk ◀───────────┘
//
// Replaying from P need not put that right: a step over cuts 10 and 11 together changes nothing at
// k, so nobody would erase it. Hence the undo table: while a flush may be running, each write notes
// the row that it replaces, in the same batch; the note is on disk if and only if the write is.
// recover() puts the noted rows back, the oldest note of a key last, and the rows are those at P.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "log/base/status.h"
#include "log/store/store.h"
#include "views/view_tables.h"

namespace leat::views {

// One thread writes.
class ViewRows {
 public:
  ViewRows(store::Store& store, GroupTables tables);

  // Brings the rows back to the flushed position. After opening, before anything is written.
  Status recover();

  // Row NEW_ROW in place of OLD_ROW at the key; an empty pointer: none.
  void change(ViewId view, std::string_view key, const std::string_view* old_row,
              const std::string_view* new_row);
  // Writes the changes; they become visible together, unless there are so many that they were
  // written in parts before.
  Status write();
  // All rows of the view.
  void erase_view(ViewId view);

  // To be called just before the unit's begin_flush (with no flush running), and when that flush
  // has been seen to be complete.
  Status before_flush();
  void after_flush() { noting_ = false; }

 private:
  static constexpr size_t kBatchBytesMax = 16 << 20;

  Status write_when_large();

  store::Store& store_;
  GroupTables tables_;
  store::WriteBatch batch_;
  Status status_;  // of a batch written early
  uint64_t sequence_ = 0;
  bool noting_ = false;
};

// Calls ROW for each row whose key starts with KEY_PREFIX until it returns false.
Status scan_view_rows(const store::Snapshot& snapshot, store::TableId rows, ViewId view,
                      std::string_view key_prefix,
                      const std::function<bool(std::string_view row)>& row);

}  // namespace leat::views

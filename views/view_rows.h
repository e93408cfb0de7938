// The rows of a group's views in the Store, where readers' snapshots see them: ViewId u64, unique
// key → row. They are written directly and become durable with the group's arrangements and its
// position (log/store/state_unit.h, flushed_with).
#pragma once

#include <functional>
#include <string_view>

#include "log/base/status.h"
#include "log/store/store.h"
#include "views/view_tables.h"

namespace leat::views {

// One thread writes.
class ViewRows {
 public:
  ViewRows(store::Store& store, store::TableId table);

  void put(ViewId view, std::string_view key, std::string_view row);
  void erase(ViewId view, std::string_view key);
  // All rows of the view.
  void erase_view(ViewId view);
  // Writes the changes. Many of them are written in parts, the first ones before: who publishes
  // takes a snapshot after write().
  Status write();

 private:
  static constexpr size_t kBatchBytesMax = 16 << 20;

  void write_when_large();

  store::Store& store_;
  store::TableId table_;
  store::WriteBatch batch_;
  Status status_;  // of what was written early
};

// Calls ROW for each row whose key starts with KEY_PREFIX until it returns false.
Status scan_view_rows(const store::Snapshot& snapshot, store::TableId table, ViewId view,
                      std::string_view key_prefix,
                      const std::function<bool(std::string_view row)>& row);

}  // namespace leat::views

// Rows events as pending changes.
#pragma once

#include <string>

#include "cdc/mysql/binlog/rows_event.h"
#include "cdc/mysql/table_binding.h"
#include "cdc/pending_change.h"
#include "cdc/row_values.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// Of one table; reused from event to event, so that a row costs no allocation. One thread.
class RowChanges {
 public:
  explicit RowChanges(const Schema& schema) : before_values_(schema), after_values_(schema) {}

  // Begins with the rows of EVENT; both must outlive the last next().
  Status begin(const TableBinding* binding, const RowsEvent& event);

  // False at the end. An error: the event cannot be read on.
  Result<bool> next() { return reader_.next(); }
  // The change of the row; its views live until the next call of next(). Sets neither table nor
  // subtransaction. An error is of this row alone, and names the column.
  Status decode(PendingChange* change);

 private:
  Status decode_insert(PendingChange* change);
  Status decode_update(PendingChange* change);
  Status decode_remove(PendingChange* change);
  Status take_before(std::string* key, PendingChange* change);
  Status take_after(PendingChange* change);

  const TableBinding* binding_ = nullptr;
  RowsKind kind_ = RowsKind::insert;
  RowsReader reader_;
  RowValues before_values_;
  RowValues after_values_;

  std::string key_;
  std::string old_key_;
  std::string before_;
  std::string after_;
  std::string unchanged_;
};

}  // namespace leat::cdc::mysql

// Turns the changes of a committed transaction into whole records: each with its key, the row after
// and the row before.
//
//   what the source sent                      completed by
//   --------------------------------------- ------------------------------------------------------
//   the row before (REPLICA IDENTITY FULL)    nothing: it is whole
//   no row before (default identity)          the row that the row images hold under the old key
//   `after` with unchanged columns            those columns of the row before
//   an update that changes the key            a tombstone for the old key, a record for the new one
//   TRUNCATE                                  passed on: the table goes to a new, empty generation
//   rows that trade deferrable keys           the net effect on each key (net_effect.h)
//
// Row images are looked up a batch of changes at a time; the changes in a batch see each other
// through what was looked up.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cdc/net_effect.h"
#include "cdc/row_images.h"
#include "cdc/table.h"
#include "cdc/transaction_assembler.h"
#include "log/base/arena.h"
#include "log/base/status.h"

namespace leat::cdc {

struct CompleteChange {
  TableIndex table;
  std::string_view key;
  std::optional<std::string_view> after;  // none: a delete
  std::optional<std::string_view> before;
};

// Takes what completion gives, in order.
class ChangeSink {
 public:
  virtual ~ChangeSink() = default;
  // The views live until it returns. Its error ends the completion.
  virtual Status change(const CompleteChange& change) = 0;
  // The table is empty now; sets its new generation in the table set.
  virtual void truncate(TableIndex table) = 0;
  // The table cannot go on: what was given of it in this transaction is void. Sets its
  // stopped_reason in the table set.
  virtual void stop(TableIndex table, std::string reason) = 0;
};

// One thread.
class Completion {
 public:
  // Both must outlive it.
  Completion(TableSet* tables, RowImages* rows) : tables_(tables), rows_(rows) {}

  // Gives TRANSACTION to SINK, whole or a piece of it; finish() gives what only its end decides.
  // After an error the row images may hold a part of it: the process must not make them durable.
  Status add(const Transaction& transaction, ChangeSink* sink);
  Status finish(ChangeSink* sink) { return emit_net_effects(sink); }

 private:
  // Rows of one table as of the change being worked on, of the keys that the batch replaces.
  using Images = std::unordered_map<std::string_view, std::optional<std::string_view>>;

  Status complete_batch(const std::vector<PendingChange>& batch, ChangeSink* sink);
  Status load_images(const std::vector<PendingChange>& batch);
  Status load_images(TableIndex table, Images* images);

  Status complete_change(const PendingChange& change, ChangeSink* sink);
  void truncate(const PendingChange& change, ChangeSink* sink);
  Status change_row(const PendingChange& change, ChangeSink* sink);
  Status emit(const PendingChange& change, std::optional<std::string_view> before,
              std::optional<std::string_view> after, ChangeSink* sink);
  void add_net_effect(const PendingChange& change, std::optional<std::string_view> before,
                      std::optional<std::string_view> after, ChangeSink* sink);
  static Status emit_change(const PendingChange& change, std::optional<std::string_view> before,
                            std::optional<std::string_view> after, ChangeSink* sink);
  Status emit_net_effects(ChangeSink* sink);

  std::optional<std::string_view> row_before(const PendingChange& change) const;
  std::optional<std::string_view> fill_unchanged(const PendingChange& change,
                                                 std::string_view before);
  Status remember(TableIndex table, std::string_view key, std::optional<std::string_view> row);
  void stop(const PendingChange& change, std::string reason, ChangeSink* sink);

  TableSet* tables_;
  RowImages* rows_;
  std::map<TableIndex, Images> images_;
  Arena arena_;  // rows of the batch that are not in the transaction's own memory
  std::map<TableIndex, NetEffect> net_effects_;
  std::string scratch_;
};

}  // namespace leat::cdc

// The group of events that is being read: one transaction, or a part of one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cdc/mysql/binlog/gtid_set.h"
#include "cdc/mysql/binlog/mariadb_gtids.h"
#include "cdc/table.h"
#include "cdc/transaction_assembler.h"

namespace leat::cdc::mysql {

struct EventGroup {
  TransactionId id;  // the assembler's
  std::optional<GtidSource> gtid_source;
  std::optional<MariadbGtidId> mariadb_gtid;
  uint64_t number = 0;         // the GTID's last part; 0: it has none
  int64_t commit_time_us = 0;  // 0: the last event says it
  bool is_open = false;        // it has begun: a statement does not end it
  bool is_taken = false;       // it was given before: nothing of it counts
  std::string xa;              // its id, of an XA transaction
  std::vector<TableIndex> altered;
  std::vector<TableIndex> changed;  // tables that rows of it are of
  std::vector<TableIndex> skipped;  // of an XA transaction: such that were stopped
  bool is_in_pieces = false;        // some of it was given
  bool voids_pieces = false;        // which was rolled back

  static void note(TableIndex table, std::vector<TableIndex>* among) {
    if (std::find(among->begin(), among->end(), table) == among->end()) among->push_back(table);
  }

  // What changes belong to just now; 0 before the first savepoint.
  uint32_t subtransaction = 0;

  void begin_savepoint(std::string_view name) {
    subtransaction = ++last_subtransaction_;
    savepoints_.push_back({std::string(name), subtransaction});
  }

  // Calls ABORT with each subtransaction that ROLLBACK TO takes back. A name that is not known is
  // one that nothing was done behind.
  template <class Abort>
  void roll_back_to(std::string_view name, Abort&& abort) {
    auto found = std::find_if(savepoints_.rbegin(), savepoints_.rend(),
                              [&](const Savepoint& savepoint) { return savepoint.name == name; });
    if (found == savepoints_.rend()) return;
    auto first = found.base() - 1;
    for (auto it = first; it != savepoints_.end(); ++it) abort(it->subtransaction);
    savepoints_.erase(first, savepoints_.end());
    begin_savepoint(name);
  }

 private:
  struct Savepoint {
    std::string name;
    uint32_t subtransaction;
  };
  std::vector<Savepoint> savepoints_;
  uint32_t last_subtransaction_ = 0;
};

}  // namespace leat::cdc::mysql

// The copy of tables as of one position of the binlog.
//
//   snapshot_sessions.h: connections that see (nearly) one moment ─┐
//   overlap.h: what was committed meanwhile, read from the binlog ─┤
//   connection 1: SELECT … WHERE id < 200000 FROM a    ─▶ rows ┐   ▼
//   connection 2: SELECT … WHERE id >= 200000 FROM a   ─▶ rows ├─▶ but for those keys; they come
//   last, …                                                          ┘   as the binlog left them
//
// A table whose key begins with an integer is read in ranges of it, so that a large one is shared
// among the connections; others in one piece. Needs SELECT on the tables, REPLICATION CLIENT and
// REPLICATION SLAVE, no lock on rows or tables but this one: until the copy is done, an ALTER, DROP
// or TRUNCATE of one of the tables waits.
#pragma once

#include <optional>

#include "cdc/mysql/binlog/position.h"
#include "cdc/mysql/capture_rules.h"
#include "cdc/mysql/source.h"
#include "cdc/mysql/stream_position.h"
#include "cdc/row_store.h"
#include "cdc/status_board.h"
#include "cdc/stop_signal.h"
#include "log/base/status.h"
#include "log/change_log.h"

namespace leat::cdc::mysql {

// What a snapshot is taken of, and with what. All must outlive it.
struct SnapshotPlan {
  const MysqlConfig* config;
  const StopSignal* stop;
  log::ChangeLog* log;
  RowStore* rows;
  StatusBoard* status;
  const ServerFacts* server;
  CapturePlan* capture;  // its tables are given schema ids and generations
  // Where the binlog ended earlier: of XA transactions that were prepared behind it and are open
  // while the copy is made, the rows are known (prepared_xa.h). None: as it begins.
  std::optional<Position> begin = {};
};

// Copies all tables of the plan into new generations, durably, and gives the position that they are
// exact at (`taken`). Nothing is switched yet (cdc/snapshot_copy.h has switch_unit()). A table
// whose rows cannot be decoded gets a stopped_reason. After an error nothing of it shows.
Result<StreamPosition> copy_tables(const SnapshotPlan& plan);

}  // namespace leat::cdc::mysql

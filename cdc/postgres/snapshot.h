// The copy of all tables as of one moment: the consistent point of a new replication slot.
//
//   CREATE_REPLICATION_SLOT … exports a snapshot ─▶ every connection: SET TRANSACTION SNAPSHOT
//
//   worker 1: COPY pages 0..8191 of a     ─▶ rows ┐
//   worker 2: COPY pages 8192..16383 of a ─▶ rows ├─▶ the source's thread (snapshot_copy.h)
//   …                                             ┘
//
// The rows go to generations that nobody sees until the last cut switches all tables and sets the
// source's position to the consistent point; changes after it come from the slot. Killed midway,
// all of it is done again, with new generations and a new slot.
#pragma once

#include <string>
#include <vector>

#include "cdc/postgres/catalog.h"
#include "cdc/postgres/position.h"
#include "cdc/postgres/publication.h"
#include "cdc/postgres/source.h"
#include "cdc/row_store.h"
#include "cdc/status_board.h"
#include "cdc/stop_signal.h"
#include "cdc/table.h"
#include "log/change_log.h"

namespace leat::cdc {

// What a snapshot is taken of, and with what. All must outlive it.
struct SnapshotPlan {
  const PostgresConfig* config;
  const StopSignal* stop;
  log::ChangeLog* log;
  RowStore* rows;
  StatusBoard* status;
  TableSet* tables;  // those that can be captured; gives them schema ids and generations
  std::vector<TableFacts> facts;  // of each of them
  PublicationFacts publication;   // from before the slot was made
  Position consistent_point;
  std::string exported_snapshot;  // alive until this returns
};

// Copies everything and switches the topics to it. A table whose rows cannot be decoded is stopped;
// the others go on. After an error nothing of it shows.
Status take_snapshot(const SnapshotPlan& plan);

}  // namespace leat::cdc

// What was committed while a snapshot's connections opened one after the other: read from the
// binlog, so that the copy can be made exact at one position.
//
//   FROM ─── snapshot 1 opened ─── snapshot 2 opened ─── UNTIL
//
// A key that was changed in between stands in some snapshots as before and in others as after; its
// last row as of UNTIL is here instead, and the copy leaves it out. All other keys are the same in
// all of them.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cdc/mysql/source.h"
#include "cdc/mysql/stream_position.h"
#include "cdc/mysql/table_binding.h"
#include "cdc/stop_signal.h"
#include "cdc/table.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// Key → row; none: the key was deleted.
using LastRows = std::unordered_map<std::string, std::optional<std::string>>;

struct Overlap {
  std::vector<LastRows> tables;  // by TableIndex
  StreamPosition end;            // behind all of it, with its GTIDs
};

// FROM says what all snapshots show; reading begins at its start(). UNTIL is a file and an offset
// that FROM's server has reached. A transient error where the copy must begin anew: a table was
// altered or truncated meanwhile, a change was not logged whole, more than a stated size was
// changed, or the server did not send all of it in a minute.
Result<Overlap> read_overlap(const MysqlConfig& config, const StopSignal* stop,
                             const TableSet& tables, const std::vector<TableForm>& forms,
                             const StreamPosition& from, const Position& until);

}  // namespace leat::cdc::mysql

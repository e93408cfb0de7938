// Several connections that see the server's tables as of (nearly) one moment, and where in the
// binlog that is. No lock is taken where the server can do without one:
//
//                    from                     a transaction that the snapshots show …   until
//   MariaDB          the first connection's   is before that connection's own           the last
//                    binlog_snapshot_position position, and none of the others is connection's
//   MySQL, GTIDs     gtid_executed, read      is in `from`, or between `from` and       the
//   binlog's
//                    before the first one     `until`, where only some may be shown     end after
//                    the
//                                                                                       last one
//   MySQL, no GTIDs  the binlog's end under FLUSH TABLES WITH READ LOCK, held while     = from
//                    the connections open: none can commit
//
// A MySQL transaction is written to the binlog, then shown by the engine, and only then named by
// gtid_executed: so all of `from` is shown, and all that is shown was written before `until`. What
// lies between is read from the binlog and laid over the copy (overlap.h), which then is of the
// moment `until`.
#pragma once

#include <memory>
#include <vector>

#include "cdc/mysql/binlog/position.h"
#include "cdc/mysql/catalog.h"
#include "cdc/mysql/client.h"
#include "cdc/mysql/source.h"
#include "cdc/stop_signal.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

struct SnapshotSessions {
  std::vector<std::unique_ptr<Client>> clients;  // each in its transaction
  Position from;
  Position until;
  // They see the moment `from`, which is `until`.
  bool is_exact = false;
};

// COUNT of them, at least one. TABLES are locked against ALTER and DROP (not against changes of
// rows) by the first one's transaction.
Result<SnapshotSessions> open_snapshot_sessions(const MysqlConfig& config,
                                                const ServerFacts& server,
                                                const std::vector<TableFacts>& tables, int count,
                                                const StopSignal* stop);

}  // namespace leat::cdc::mysql

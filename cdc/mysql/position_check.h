// Whether a server can go on from a position that the log holds.
#pragma once

#include <string>

#include "cdc/mysql/catalog.h"
#include "cdc/mysql/client.h"
#include "cdc/mysql/source.h"
#include "cdc/mysql/stream_position.h"
#include "cdc/stop_signal.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// An error says why not, and what a person can do. It is transient where the server may still come
// so far: a replica that has not executed all of it yet.
//
// GTIDs are numbers, which another history has as well: of a server whose binlog was RESET, or that
// was restored. On the server that they were read from, its files say so: they must reach as far,
// and hold the event that was marked. Where the server is another one, or has purged those files,
// there is nothing to compare.
Status check_position(Client& client, const ServerFacts& server, const StreamPosition& position,
                      const MysqlConfig& config, const StopSignal& stop);

}  // namespace leat::cdc::mysql

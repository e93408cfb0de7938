// Reads one event of a server's binlog by where it stands.
#pragma once

#include <optional>
#include <string>

#include "cdc/mysql/binlog/event_mark.h"
#include "cdc/mysql/source.h"
#include "cdc/stop_signal.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// The mark of the event that begins at OFFSET of FILE; none: no event does. Where the server sees
// by itself that none can, its error 1236 comes. Opens a connection; needs REPLICATION SLAVE. An
// offset of 4 GB or more cannot be asked for (start_dump()).
Result<std::optional<EventMark>> probe_event(const MysqlConfig& config, const StopSignal& stop,
                                             const std::string& file, uint64_t offset);

}  // namespace leat::cdc::mysql

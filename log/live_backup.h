// backup.h's copy of a log that is open in this process.
#pragma once

#include <string>

#include "log/backup.h"
#include "log/checkpointer.h"
#include "log/engine.h"
#include "log/publisher.h"

namespace leat::log {

// Into the directory TO, which must be empty or not there. Any thread; several at once are several
// copies.
Result<CopySummary> back_up(Engine& engine, const Publisher& publisher, Checkpointer& checkpointer,
                            const std::string& to, const CopyProgress& progress);

}  // namespace leat::log

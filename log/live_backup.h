// backup.h's copy of a log that is open in this process.
#pragma once

#include <string>

#include "log/backup.h"
#include "log/checkpointer.h"
#include "log/engine.h"

namespace leat::log {

// Into the directory TO, which must be empty or not there. Any thread; several at once are several
// copies.
Result<CopySummary> back_up(Engine& engine, Checkpointer& checkpointer, const std::string& to,
                            const CopyProgress& progress);

}  // namespace leat::log

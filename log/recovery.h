// Opening a log: from the checkpoint through the journal to the last whole cut.
//
// The journal's own bytes decide what is there; what they say may still be only in the page cache
// (after a kill, or a failed sync). So everything that was found is brought to disk anew, under a
// new checkpoint and a new journal, before anybody sees it:
//
//   CHECKPOINT, journals read ─▶ run of whole cuts, or damage ─▶ cuts redone, segments checked
//      ─▶ segments synced ─▶ new journal file ─▶ new CHECKPOINT ─▶ strays removed ─▶ published
//
// Until the new checkpoint stands, the old one and its journals are untouched: a crash on the way
// starts over from them.
#pragma once

#include <memory>

#include "log/engine.h"

namespace leat::log {

struct Recovered {
  std::shared_ptr<const LogState> state;
  std::unique_ptr<JournalWriter> journal;
};

// Fills ENGINE. Errors name the file and what to do.
Result<Recovered> recover(Engine& engine);

}  // namespace leat::log

// A consistent copy of a log that goes on meanwhile, and its way back.
//
//   hold checkpoints ─▶ CHECKPOINT, the journal's whole cuts, which segments ─▶ let go ─▶ copy
//   segments (some milliseconds: memory and journal only)                             (files stay,
//   if removed)
//
// What is copied is what a crash at that moment would have left, so opening the copy is recovery as
// ever: the checkpoint's segments up to where they stood, and the cuts behind it from the journal.
// Bytes are copied, never linked: a copy that shares its blocks with the log would rot with it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "log/base/fs.h"
#include "log/base/ids.h"
#include "log/base/status.h"

namespace leat::log {

using CopyProgress = std::function<void(uint64_t bytes_done, uint64_t bytes_total)>;

struct CopySummary {
  CutId cut;  // the last one in the copy
  uint64_t files = 0;
  uint64_t bytes = 0;
  // Segments that are damaged already: they are missing or short in the copy as well.
  std::vector<std::string> missing;
};

// Makes a log of the backup in FROM in the directory TO, which must be empty or not there. The new
// log has an incarnation of its own. Interrupted, it leaves a directory without CHECKPOINT, which
// no log opens.
Result<CopySummary> restore_log(Fs& fs, const std::string& from, const std::string& to,
                                const CopyProgress& progress);

}  // namespace leat::log

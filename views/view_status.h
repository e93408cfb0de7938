// How a view stands, for SHOW VIEWS, status and metrics.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "log/base/ids.h"

namespace leat::views {

enum class ViewState : uint8_t {
  waiting,   // answers nothing, and nothing is under way: see reason
  building,  // answers nothing yet
  live,      // moves with every cut
  frozen,    // answers alone, as of its last cut, and says why
};

inline const char* to_text(ViewState state) {
  switch (state) {
    case ViewState::waiting:
      return "waiting";
    case ViewState::building:
      return "building";
    case ViewState::live:
      return "live";
    case ViewState::frozen:
      break;
  }
  return "frozen";
}

inline bool is_readable(ViewState state) {
  return state == ViewState::live || state == ViewState::frozen;
}

// Bytes of the log that a build has worked off; an estimate while the log grows.
struct BuildProgress {
  uint64_t bytes_done = 0;
  uint64_t bytes_total = 0;
  double bytes_per_second = 0;
  double changes_per_second = 0;
};

struct ViewStatus {
  std::string name;
  ViewState state = ViewState::building;
  std::string reason;     // why it is frozen or cannot be built; empty otherwise
  bool invalid = false;   // its SQL cannot be planned over the topics there are: see reason
  std::string row_error;  // a row whose expression fails: reads are answered with it
  bool removed = false;   // its file is gone; kept until it is dropped
  std::vector<std::string> inputs;  // the topics that it reads
  uint64_t rows = 0;
  CutId cut;                 // the last one applied and readable
  uint64_t cuts_behind = 0;  // durable cuts not yet applied
  // 0: none. Since the oldest of them was seen here; while a backlog is worked off, where that is
  // more, since the newest transaction that has been taken in was committed at its source.
  int64_t behind_ms = 0;
  uint64_t behind_bytes = 0;  // of its topics in the log, not yet applied
  std::optional<BuildProgress> build;

  // What behind_bytes is counted from: the topics, and their bytes as of the cut.
  std::shared_ptr<const std::vector<std::string>> topics;
  uint64_t applied_bytes = 0;
};

// What the live views hold together, and their bounds. Totals are of this run.
struct ViewsMemory {
  uint64_t groups = 0;
  uint64_t groups_max = 0;
  uint64_t bytes = 0;  // of arrangements, in memory
  uint64_t bytes_max = 0;
  uint64_t flushes_total = 0;
  uint64_t flush_waits_total = 0;  // a flush had to wait for the one before it
};

}  // namespace leat::views

// Reads all that a log holds and checks it: the checkpoint, the journal, every batch of every
// segment against its checksum and against what the log's state says, every index against its
// segment. Changes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "log/base/fs.h"
#include "log/base/ids.h"
#include "log/base/status.h"

namespace leat::log {

// One place that does not hold what it should.
struct Damage {
  std::string file;
  uint64_t byte = 0;
  std::string what;
  // Of a segment: whose it is, and the offset up to which the partition is sound.
  struct Place {
    std::string topic;
    GenerationId generation;
    PartitionIndex partition;
    Offset sound_until;
    bool is_current = false;  // the topic answers from this generation
  };
  std::optional<Place> place;
};

struct VerifyReport {
  CutId cut;
  uint64_t topics = 0;
  uint64_t segments = 0;
  uint64_t batches = 0;
  uint64_t records = 0;
  uint64_t bytes = 0;    // of segments
  uint64_t indexes = 0;  // that stand beside segments and are theirs
  std::vector<Damage> damage;
  std::vector<std::string> strays;  // files that the next start removes
  // Indexes that a crash left unfinished, each with what is wrong: no reader uses them.
  std::vector<std::string> unfinished_indexes;
};

// BYTES_DONE of BYTES_TOTAL of the segments have been read.
using VerifyProgress = std::function<void(uint64_t bytes_done, uint64_t bytes_total)>;

// The log in DIR, which no process may have open (a copy that a backup made has nobody). What
// recovery would refuse is damage of the report; an error is only what kept us from looking: no log
// there, a process that has it open, a file that may not be read.
Result<VerifyReport> verify_log(Fs& fs, const std::string& dir, const VerifyProgress& progress);

}  // namespace leat::log

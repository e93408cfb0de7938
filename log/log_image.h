// A log as recovery would open it, with nothing changed on the disk: for tools that look at a log
// that is not running. Recovery runs over an OverlayFs, so what it says is what the next start
// says.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "log/base/overlay_fs.h"
#include "log/engine.h"
#include "log/segment_index.h"

namespace leat::log {

// One thread.
class LogImage {
 public:
  // Errors: no log in DIR; a process has it open; what recovery refuses.
  static Result<std::unique_ptr<LogImage>> open(Fs& fs, const std::string& dir);

  const LogState& state() const { return *state_; }
  const Engine& engine() const { return *engine_; }
  // The files as the image sees them.
  Fs& fs() { return *fs_; }

  // One partition of a generation, as the state has it.
  struct Part {
    std::shared_ptr<Partition> partition;
    const GenerationState* generation;
    const PartitionState* state;
  };
  // Of every topic's current and filling generations, then of the retired ones.
  std::vector<Part> parts() const;

  // A segment's file, for reading.
  Result<std::shared_ptr<File>> open_segment(const Partition& partition,
                                             const SegmentState& segment);
  // Whether the segment has an index of Leat's beside it; what that says, as of read_index() in
  // segment_indexer.h; and its path.
  Result<bool> has_index(const Partition& partition, const SegmentState& segment);
  Result<SegmentIndex> read_index(const Partition& partition, const SegmentState& segment);
  std::string index_path(const Partition& partition, const SegmentState& segment) const;
  std::string segment_path(const Partition& partition, const SegmentState& segment) const;
  // Files below the data directory that belong to nothing; the next start removes them.
  std::vector<std::string> strays() const;

 private:
  explicit LogImage(Fs& fs) : fs_(std::make_unique<OverlayFs>(fs)) {}

  std::unique_ptr<OverlayFs> fs_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<JournalWriter> journal_;
  std::shared_ptr<const LogState> state_;
};

}  // namespace leat::log

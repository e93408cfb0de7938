// A segment's index files against the segment: for tools. They are hints that no reader relies on,
// so files that a crash left unfinished are no damage; some that verify and say something else are.
#pragma once

#include <optional>
#include <string>

#include "log/log_image.h"
#include "log/segment_index.h"

namespace leat::log {

// One thread.
class IndexCheck {
 public:
  // Reads what stands beside SEGMENT.
  IndexCheck(LogImage& image, const Partition& partition, const SegmentState& segment);

  // Every batch of the segment, in order.
  void add(const BatchView& batch);

  struct Outcome {
    enum class Kind { right, missing, unfinished, wrong };
    Kind kind = Kind::missing;
    std::string what;  // of the last two
  };
  // After the last batch.
  Outcome finish() &&;

 private:
  Outcome outcome_;
  std::optional<SegmentIndex> index_;  // as the files say it
  SegmentIndexBuilder builder_;        // of as many bytes
  uint64_t bytes_ = 0;
};

}  // namespace leat::log

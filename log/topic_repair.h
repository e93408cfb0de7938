// A topic whose partition is damaged, brought back without what lies behind the damage: everything
// sound is copied to a new generation, which one cut switches to. The damaged generation is left as
// it is, for who wants to look at it, and goes when no reader needs it.
//
//   plan_truncation (the log closed: reads all that will be kept, says what will be lost)
//     ─▶ a person agrees ─▶ truncate_topic (the log open, nobody else writing to the topic)
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "log/backup.h"
#include "log/local_log.h"
#include "log/log_image.h"

namespace leat::log {

struct TruncationPlan {
  std::string topic;
  GenerationId generation;  // as it is
  SchemaId schema;
  struct Part {
    struct Segment {
      std::string path;
      uint64_t bytes = 0;
      Offset base;
    };
    std::vector<Segment> segments;
    Offset end;  // what lies before it is kept
  };
  std::vector<Part> parts;
  uint64_t offsets_lost = 0;  // of the truncated partition: at most so many records
  uint64_t bytes_total = 0;   // to be read
};

// Errors: no such topic or partition; an offset that is not in it; anything below the offset, or in
// another partition, that does not verify (then only a new snapshot helps).
Result<TruncationPlan> plan_truncation(LogImage& image, const std::string& topic,
                                       PartitionIndex partition, Offset offset);

// Returns when the new generation is durable. REASON, where it is not empty, stops the topic with
// it: it takes no records before the next generation.
Status truncate_topic(LocalLog& log, Fs& fs, const TruncationPlan& plan, const std::string& reason,
                      const CopyProgress& progress);

}  // namespace leat::log

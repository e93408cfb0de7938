// What can be set for each topic, its bounds, and its bytes inside a cut's record and a checkpoint.
// leat.yaml and `leat topic alter` set it; compaction, retention and the committer act by it.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "log/base/bytes.h"
#include "log/base/status.h"
#include "log/compression.h"

namespace leat::log {

enum class TopicKind : uint8_t {
  table = 0,   // one row per key; compacted
  stream = 1,  // events; append-only, with retention
};

inline constexpr int64_t kForeverMs = std::numeric_limits<int64_t>::max();
inline constexpr uint64_t kUnlimitedBytes = std::numeric_limits<uint64_t>::max();

struct TopicSettings {
  // Batches that are written from now on; older ones keep theirs until they are compacted.
  BatchCodec codec = BatchCodec::none;

  // Of table topics. A record younger than LAG_MIN is not compacted, whatever else is set. A
  // partition is compacted when this share of it lies above the cleaned horizon, or when a record
  // there is older than LAG_MAX.
  int64_t compaction_lag_ms_min = 0;
  int64_t compaction_lag_ms_max = kForeverMs;
  int32_t compaction_dirty_percent = 50;
  // How long a tombstone stays after it was compacted, for readers on their way through.
  int64_t tombstone_retention_ms = int64_t{24} * 60 * 60 * 1000;

  // Of stream topics: closed segments older than this, and the oldest ones of a partition that
  // holds more than so many bytes, may go.
  int64_t retention_ms = int64_t{7} * 24 * 60 * 60 * 1000;
  uint64_t retention_bytes = kUnlimitedBytes;  // of each partition

  // A segment is closed when it would grow past so many bytes (never past the log's own bound,
  // LocalLogOptions), or when its first record is older than this.
  uint64_t segment_bytes_max = kUnlimitedBytes;
  int64_t segment_age_ms_max = int64_t{7} * 24 * 60 * 60 * 1000;

  friend bool operator==(const TopicSettings&, const TopicSettings&) = default;
};

// A permanent error names the setting that is out of its bounds, or that a topic of KIND does not
// have (where it is not at its default).
Status check_topic_settings(TopicKind kind, const TopicSettings& settings);

void append_topic_settings(const TopicSettings& settings, std::string* out);
// From a disk: a setting that is not known here is a permanent error.
Result<TopicSettings> read_topic_settings(ByteReader& in);

}  // namespace leat::log

#include "log/topic_settings.h"

namespace leat::log {
namespace {

constexpr int64_t kMinuteMs = 60 * 1000;
constexpr uint64_t kSegmentBytesMin = 1 << 20;
constexpr uint64_t kSegmentBytesMax = uint64_t{1} << 30;  // Kafka's index has 31 bits for a place
constexpr uint64_t kRetentionBytesMin = 1 << 20;

// Stored as (tag, value) pairs, so that settings can be added. Never change or reuse a tag.
enum class Tag : uint8_t {
  codec = 1,
  compaction_lag_min = 2,
  compaction_lag_max = 3,
  compaction_dirty = 4,
  tombstone_retention = 5,
  retention = 6,
  retention_bytes = 7,
  segment_bytes = 8,
  segment_age = 9,
};

Error refused(const std::string& what) {
  return Error::permanent(what);
}

Status check_table(const TopicSettings& settings) {
  if (settings.compaction_lag_ms_min < 0) return refused("compaction_lag_min is negative");
  if (settings.compaction_lag_ms_max < kMinuteMs) {
    return refused("compaction_lag_max is less than a minute");
  }
  if (settings.compaction_dirty_percent < 1 || settings.compaction_dirty_percent > 99) {
    return refused("compaction_dirty must be from 1 to 99 percent");
  }
  if (settings.tombstone_retention_ms < 0) return refused("tombstone_retention is negative");
  return Ok{};
}

Status check_stream(const TopicSettings& settings) {
  if (settings.retention_ms < kMinuteMs) return refused("retention is less than a minute");
  if (settings.retention_bytes < kRetentionBytesMin) {
    return refused("retention_bytes is less than 1 MB");
  }
  return Ok{};
}

Status check_segments(const TopicSettings& settings) {
  uint64_t bytes = settings.segment_bytes_max;
  if (bytes != kUnlimitedBytes && (bytes < kSegmentBytesMin || bytes > kSegmentBytesMax)) {
    return refused("segment_bytes must be from 1 MB to 1 GB");
  }
  if (settings.segment_age_ms_max < kMinuteMs) return refused("segment_age is less than a minute");
  return Ok{};
}

// What a topic of the other kind has must be as it is by default.
Status check_kind(TopicKind kind, const TopicSettings& settings) {
  TopicSettings usual;
  if (kind == TopicKind::table) {
    if (settings.retention_ms == usual.retention_ms &&
        settings.retention_bytes == usual.retention_bytes) {
      return Ok{};
    }
    return refused(
        "retention is for stream topics; a table topic keeps the latest row of each key");
  }
  if (settings.compaction_lag_ms_min == usual.compaction_lag_ms_min &&
      settings.compaction_lag_ms_max == usual.compaction_lag_ms_max &&
      settings.compaction_dirty_percent == usual.compaction_dirty_percent &&
      settings.tombstone_retention_ms == usual.tombstone_retention_ms) {
    return Ok{};
  }
  return refused("compaction is for table topics; a stream topic has retention");
}

void append(Tag tag, uint64_t value, std::string* out) {
  out->push_back(static_cast<char>(tag));
  append_varint(out, value);
}

Status set(Tag tag, uint64_t value, TopicSettings* to) {
  auto number = static_cast<int64_t>(value);
  switch (tag) {
    case Tag::codec:
      if (value != 0 && value != 3 && value != 4) return refused("a topic's codec is unknown");
      to->codec = static_cast<BatchCodec>(value);
      return Ok{};
    case Tag::compaction_lag_min:
      to->compaction_lag_ms_min = number;
      return Ok{};
    case Tag::compaction_lag_max:
      to->compaction_lag_ms_max = number;
      return Ok{};
    case Tag::compaction_dirty:
      to->compaction_dirty_percent = static_cast<int32_t>(value);
      return Ok{};
    case Tag::tombstone_retention:
      to->tombstone_retention_ms = number;
      return Ok{};
    case Tag::retention:
      to->retention_ms = number;
      return Ok{};
    case Tag::retention_bytes:
      to->retention_bytes = value;
      return Ok{};
    case Tag::segment_bytes:
      to->segment_bytes_max = value;
      return Ok{};
    case Tag::segment_age:
      to->segment_age_ms_max = number;
      return Ok{};
  }
  return refused("a topic has a setting of the unknown number " +
                 std::to_string(static_cast<int>(tag)) + "; a newer Leat wrote it");
}

}  // namespace

Status check_topic_settings(TopicKind kind, const TopicSettings& settings) {
  LEAT_RETURN_IF_ERROR(check_kind(kind, settings));
  LEAT_RETURN_IF_ERROR(check_table(settings));
  LEAT_RETURN_IF_ERROR(check_stream(settings));
  return check_segments(settings);
}

// Only what differs from the defaults would be shorter, but then a new default would change topics
// that exist.
void append_topic_settings(const TopicSettings& settings, std::string* out) {
  out->push_back(9);
  append(Tag::codec, static_cast<uint64_t>(settings.codec), out);
  append(Tag::compaction_lag_min, static_cast<uint64_t>(settings.compaction_lag_ms_min), out);
  append(Tag::compaction_lag_max, static_cast<uint64_t>(settings.compaction_lag_ms_max), out);
  append(Tag::compaction_dirty, static_cast<uint64_t>(settings.compaction_dirty_percent), out);
  append(Tag::tombstone_retention, static_cast<uint64_t>(settings.tombstone_retention_ms), out);
  append(Tag::retention, static_cast<uint64_t>(settings.retention_ms), out);
  append(Tag::retention_bytes, settings.retention_bytes, out);
  append(Tag::segment_bytes, settings.segment_bytes_max, out);
  append(Tag::segment_age, static_cast<uint64_t>(settings.segment_age_ms_max), out);
}

Result<TopicSettings> read_topic_settings(ByteReader& in) {
  TopicSettings settings;
  uint8_t count = in.u8();
  for (uint8_t i = 0; i < count && in.ok(); ++i) {
    auto tag = static_cast<Tag>(in.u8());
    uint64_t value = in.varint();
    if (in.ok()) LEAT_RETURN_IF_ERROR(set(tag, value, &settings));
  }
  if (!in.ok()) return refused("a topic's settings are cut short");
  return settings;
}

}  // namespace leat::log

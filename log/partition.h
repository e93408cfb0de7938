// What the log knows of one partition: its segments and where they end. The committer moves the
// end; readers look up where to read. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "log/base/ids.h"

namespace leat::log {

// A segment file's committed part.
struct SegmentState {
  Offset base;
  Offset end;
  uint64_t bytes = 0;
  int64_t timestamp_ms_max = 0;

  friend bool operator==(const SegmentState&, const SegmentState&) = default;
};

// A run of batches that one cut adds to one segment.
struct Piece {
  PartitionId partition;
  Offset segment_base;  // of the segment it goes to; a new one where it is the piece's first offset
  uint64_t position = 0;  // in the segment
  uint64_t size = 0;
  uint32_t crc = 0;  // CRC-32C of its bytes
  Offset end;        // of the partition, after it
  int64_t timestamp_ms_max = 0;
  bool is_inline = false;  // its bytes travel in the journal record

  friend bool operator==(const Piece&, const Piece&) = default;
};

class Partition {
 public:
  Partition(PartitionId id, std::string topic) : id_(id), topic_(std::move(topic)) {}

  PartitionId id() const { return id_; }
  const std::string& topic() const { return topic_; }
  // "TOPIC-INDEX", for messages.
  std::string name() const { return topic_ + "-" + std::to_string(id_.index.value()); }

  // Whether the piece continues what is here.
  bool continues(const Piece& piece) const;
  // Takes a committed piece in.
  void apply(const Piece& piece);
  // Takes a checkpoint's segments over.
  void restore(std::vector<SegmentState> segments);

  std::vector<SegmentState> segments() const;
  Offset end() const;
  // The segment that appends go to; none before the first append and when the next must start anew.
  std::optional<SegmentState> active() const;

  // Where to start reading for OFFSET.
  struct Place {
    Offset segment_base;
    uint64_t segment_bytes = 0;  // committed
    uint64_t position = 0;       // of a batch at or before OFFSET
    Offset batch_base;           // of that batch
  };
  // The segment that holds OFFSET or, where there is a gap, the next one; none at the end.
  std::optional<Place> find(Offset offset) const;
  // The last segment that begins below END, and the nearest known batch there below END; none where
  // there is no such segment.
  std::optional<Place> find_before(Offset end) const;
  // The committed size of a segment.
  uint64_t segment_bytes(Offset base) const;
  // Remembers that a batch that begins with OFFSET stands at POSITION, so that find() comes closer.
  void note_batch(Offset segment_base, Offset offset, uint64_t position);

  // Reading ends with an error that names WHY; appending goes on in a fresh segment.
  void quarantine(std::string why);
  std::string damage() const;  // empty: sound

 private:
  struct IndexEntry {
    Offset offset;
    uint64_t position;
  };
  struct Segment {
    SegmentState state;
    std::vector<IndexEntry> index;  // sparse, by offset; only a hint
  };
  // One entry for about so many bytes.
  static constexpr uint64_t kIndexEveryBytes = 512 << 10;

  static void index_batch(Segment& segment, Offset offset, uint64_t position);
  static Place place_in(const Segment& segment, Offset offset);

  const PartitionId id_;
  const std::string topic_;
  mutable std::mutex mutex_;
  std::vector<Segment> segments_;  // by base
  bool roll_next_ = false;
  std::string damage_;
};

// All partitions of the log. Thread-safe.
class PartitionTable {
 public:
  std::shared_ptr<Partition> add(PartitionId id, const std::string& topic);
  std::shared_ptr<Partition> find(PartitionId id) const;  // null where there is none
  void remove(PartitionId id);
  void remove_generation(GenerationId id);

 private:
  mutable std::mutex mutex_;
  std::unordered_map<PartitionId, std::shared_ptr<Partition>> partitions_;
};

}  // namespace leat::log

// What the log knows of one partition: its segments and where it ends. The committer moves the end,
// and exchanges the oldest segments for rewritten ones; readers look up where to read. Thread-safe.
//
//   offsets   0          40      100         130        171
//   segments  ├─ 0.r2 ─┤  (hole) ├─── 100 ───┼─── 130 ──▶ active: appends go here
//                                ▲ cleaned horizon      ▲ end: the partition's own, whatever
//                                                         the segments still hold
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "log/base/ids.h"
#include "log/damage_notes.h"
#include "log/segment.h"
#include "log/segment_index.h"

namespace leat::log {

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
  // NOTES outlives it.
  Partition(PartitionId id, std::string topic, DamageNotes& notes)
      : id_(id), topic_(std::move(topic)), notes_(notes) {}

  PartitionId id() const { return id_; }
  const std::string& topic() const { return topic_; }
  // "TOPIC-INDEX", for messages.
  std::string name() const { return topic_ + "-" + std::to_string(id_.index.value()); }

  // Whether the piece continues what is here.
  bool continues(const Piece& piece) const;
  // Takes a piece in that CUT committed.
  void apply(const Piece& piece, CutId cut);
  // Takes a checkpoint's segments over.
  void restore(std::vector<SegmentState> segments, Offset end);

  std::vector<SegmentState> segments() const;
  Offset end() const;
  // The segment that appends go to; none before the first append and when the next must start anew.
  std::optional<SegmentState> active() const;

  // The next append starts a new segment, so that the last one can be compacted.
  void roll();
  // The same, if NAME is the last segment.
  void close(const SegmentName& name);
  // Those that nothing is appended to any more.
  std::vector<SegmentState> closed_segments() const;
  // Whether what it removes are the first of the closed segments, as they are now, and what it adds
  // takes their place.
  bool can_replace(const SegmentReplacement& replacement) const;
  // Takes a committed replacement in. Who reads a removed segment may go on as long as it has the
  // file open, and finds its offset anew when it has not.
  void replace(const SegmentReplacement& replacement);
  // A revision that no file of the partition has had.
  uint32_t next_revision();

  // Where to start reading for OFFSET.
  struct Place {
    SegmentName segment;
    Offset segment_end;  // committed, as are its
    uint64_t segment_bytes = 0;
    uint64_t position = 0;  // of a batch at or before OFFSET
    Offset batch_base;      // of that batch
  };
  // The segment that holds OFFSET or, where there is a gap, the next one; none at the end.
  std::optional<Place> find(Offset offset) const;
  // The last segment that begins below END, and the nearest known batch there below END; none where
  // there is no such segment.
  std::optional<Place> find_before(Offset end) const;
  // What of a segment is committed; none when it was removed.
  std::optional<SegmentState> segment(const SegmentName& name) const;
  // Remembers where BATCH stands, so that find() comes closer.
  void note_batch(const SegmentName& segment, const BatchView& batch, uint64_t position);

  // The segment of that name, if nobody has looked at its index files yet; set_index says what they
  // hold (nothing: they do not help), forget_index that it was wrong.
  std::optional<SegmentState> segment_without_index(const SegmentName& name) const;
  void set_index(const SegmentName& name, const SegmentIndex& index);
  void forget_index(const SegmentName& name);

  // The closed segments that were not taken for indexing yet; with ALL the last one too.
  std::vector<SegmentState> take_unindexed(bool all);
  // The segment that find() would come to, where that is not at its start.
  std::optional<SegmentName> segment_around(Offset offset) const;
  // The first segment that has something of a later cut; of that time or later.
  std::optional<SegmentName> first_segment_beyond(CutId cut) const;
  std::optional<SegmentName> first_segment_from_time(int64_t timestamp_ms) const;
  // A place in SEGMENT before which there is nothing of a later cut, or of that time or later.
  Offset last_indexed(const SegmentName& segment, CutId cut) const;
  Offset last_indexed_before_time(const SegmentName& segment, int64_t timestamp_ms) const;

  // Reading ends with an error that names WHY; appending goes on in a fresh segment.
  void quarantine(std::string why);
  std::string damage() const;  // empty: sound
  // A reader met damage: the next cut's state says so. Only the first is noted.
  void note_damage(const std::string& what);

 private:
  struct IndexEntry {  // of one batch
    Offset offset;     // its first
    uint64_t position;
    CutId cut;
  };
  struct Segment {
    SegmentState state;
    // Both sparse, and only hints: of what was appended and read, or of the index files.
    std::vector<IndexEntry> index;
    std::vector<SegmentIndex::Time> times;
    bool has_looked = false;  // at the index files
    bool is_taken = false;    // to write them
  };
  // Of what is appended and read there is one entry for about so many bytes.
  static constexpr uint64_t kNoteEveryBytes = 512 << 10;

  static void index_batch(Segment& segment, const IndexEntry& entry);
  static Place place_in(const Segment& segment, Offset offset);
  // With the mutex held.
  bool last_is_active() const;
  const Segment* find_segment(const SegmentName& name) const;
  Segment* find_segment(const SegmentName& name);

  const PartitionId id_;
  const std::string topic_;
  DamageNotes& notes_;
  mutable std::mutex mutex_;
  std::vector<Segment> segments_;  // by base
  Offset end_;
  bool roll_next_ = false;
  uint32_t revision_ = 0;  // the highest that a file has, or was to have
  std::string damage_;
  bool has_noted_damage_ = false;
};

// All partitions of the log. Thread-safe.
class PartitionTable {
 public:
  std::shared_ptr<Partition> add(PartitionId id, const std::string& topic);
  std::shared_ptr<Partition> find(PartitionId id) const;  // null where there is none
  std::vector<std::shared_ptr<Partition>> all() const;
  void remove(PartitionId id);
  void remove_generation(GenerationId id);
  // Of all partitions; lives as long as the table, which outlives them.
  DamageNotes& damage_notes() { return damage_notes_; }

 private:
  DamageNotes damage_notes_;
  mutable std::mutex mutex_;
  std::unordered_map<PartitionId, std::shared_ptr<Partition>> partitions_;
};

}  // namespace leat::log

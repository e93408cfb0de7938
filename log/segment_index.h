// The index files beside a segment, which say where in it to begin looking. Sparse: an entry for
// the first batch, and for the first one that begins so many bytes behind the entry before.
//
//   BASE.index      Kafka's: entries of {last offset of a batch - BASE i32, its position i32}
//   BASE.timeindex  Kafka's: entries of {highest time up to here i64, last offset of the batch that
//                   has it - BASE i32}; times rise; one more where the highest of all came later
//   BASE.cutindex   Leat's: "LEATCIX1", bytes of the segment that are indexed u64, CRC-32C u32 of
//                   .index, of .timeindex, entries u32; per entry of .index: first offset of the
//                   batch - BASE i32, its cut u64; CRC-32C u32 of all before it
//
// (Kafka's are big-endian, ours is little-endian.) Kafka's carry no checksum, so ours vouches for
// them. Nothing depends on an index: one that is missing, damaged, or of more than is committed
// counts for nothing, and is made anew from the segment; one of less still helps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/ids.h"
#include "log/base/status.h"
#include "log/batch.h"

namespace leat::log {

inline constexpr uint64_t kIndexEveryBytes = 64 << 10;

struct SegmentIndex {
  struct Entry {  // of one batch
    Offset first;
    Offset last;
    uint64_t position = 0;
    CutId cut;

    friend bool operator==(const Entry&, const Entry&) = default;
  };
  struct Time {
    int64_t timestamp_ms = 0;
    Offset offset;

    friend bool operator==(const Time&, const Time&) = default;
  };

  uint64_t bytes = 0;  // of the segment that are indexed
  std::vector<Entry> entries;
  std::vector<Time> times;

  friend bool operator==(const SegmentIndex&, const SegmentIndex&) = default;
};

// Makes the index of the segment that begins with BASE from its batches, in order.
class SegmentIndexBuilder {
 public:
  explicit SegmentIndexBuilder(Offset base) : base_(base) {}

  void add(const BatchView& batch);
  SegmentIndex finish() &&;

 private:
  void add_time();

  const Offset base_;
  SegmentIndex index_;
  SegmentIndex::Time highest_{INT64_MIN, Offset(0)};
};

struct IndexFiles {
  std::string offsets;
  std::string times;
  std::string cuts;
};
IndexFiles encode_index(const SegmentIndex& index, Offset base);
// From a disk: what does not verify is a permanent error. The versions of another Leat's are named.
Result<SegmentIndex> decode_index(const IndexFiles& files, Offset base);

}  // namespace leat::log

// Which records of a partition's oldest segments are the newest of their keys.
//
// The segments below the cleaned horizon hold each key once, those above, the dirty ones, any
// number of times. In each pass, over a part of the keys (key_map.h):
//
//   1. dirty records in order: the map gives the key's record before: that one is superseded
//   2. clean records: one whose key is in the map is superseded
//
// Several passes read the keys several times, but a bit for each record is all that is kept between
// them, and what survives is written once.
#pragma once

#include <cstdint>
#include <vector>

#include "compaction/key_map.h"
#include "compaction/segment_scan.h"

namespace leat::compaction {

// Numbers of records, as bits.
class RecordSet {
 public:
  void add(uint64_t number) {
    if (number / 64 >= words_.size()) words_.resize(number / 64 + 1 + words_.size() / 2);
    words_[number / 64] |= uint64_t{1} << (number % 64);
  }
  bool contains(uint64_t number) const {
    return number / 64 < words_.size() && (words_[number / 64] >> (number % 64) & 1) != 0;
  }

 private:
  std::vector<uint64_t> words_;
};

// The records of the clean and of the dirty segments that are superseded, each numbered from 0 in
// the order of reading.
struct Superseded {
  RecordSet clean;
  RecordSet dirty;
  uint64_t keys = 0;  // distinct ones in the dirty segments
  int passes = 0;
};

// At most so many records may be dirty.
inline constexpr uint64_t kDirtyRecordsMax = UINT32_MAX - 1;

Result<Superseded> find_superseded(const std::vector<log::SegmentState>& clean,
                                   const std::vector<log::SegmentState>& dirty,
                                   const HashSecret& secret, uint64_t map_bytes, SegmentScan& scan,
                                   Progress& progress);

}  // namespace leat::compaction

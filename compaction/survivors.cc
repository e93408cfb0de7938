#include "compaction/survivors.h"

#include <algorithm>

namespace leat::compaction {
namespace {

// Lookups go this far ahead of themselves: the map is larger than any cache.
constexpr size_t kPrefetchAhead = 16;

uint64_t offsets_in(const std::vector<log::SegmentState>& segments) {
  uint64_t sum = 0;
  for (const auto& segment : segments)
    sum += static_cast<uint64_t>(segment.end.since(segment.base));
  return sum;
}

uint64_t bytes_in(const std::vector<log::SegmentState>& segments) {
  uint64_t sum = 0;
  for (const auto& segment : segments) sum += segment.bytes;
  return sum;
}

class Passes {
 public:
  Passes(const HashSecret& secret, KeyMap& map, SegmentScan& scan, Progress& progress,
         Superseded* out)
      : secret_(secret),
        map_(map),
        scan_(scan),
        progress_(progress),
        keys_before_(progress.keys),
        out_(out) {}

  Status run(const std::vector<log::SegmentState>& clean,
             const std::vector<log::SegmentState>& dirty) {
    ++out_->passes;
    LEAT_RETURN_IF_ERROR(each(dirty, [this](const KeyHash& hash, uint64_t number) {
      auto before = map_.put(hash, static_cast<Ordinal>(number));
      if (before) out_->dirty.add(*before);
    }));
    return each(clean, [this](const KeyHash& hash, uint64_t number) {
      if (map_.contains(hash)) out_->clean.add(number);
    });
  }

 private:
  // Calls f(hash, number) for the records that the map covers.
  template <class F>
  Status each(const std::vector<log::SegmentState>& segments, F&& f) {
    uint64_t number = 0;
    for (const log::SegmentState& segment : segments) {
      LEAT_RETURN_IF_ERROR(scan_.run(segment, [&](const ScannedBatch& scanned) -> Status {
        hash_keys(scanned.records);
        for (size_t i = 0; i < hashes_.size(); ++i, ++number) {
          if (i + kPrefetchAhead < hashes_.size()) map_.prefetch(hashes_[i + kPrefetchAhead]);
          if (map_.covers(hashes_[i])) f(hashes_[i], number);
        }
        progress_.keys = keys_before_ + out_->keys + map_.size();
        return Ok{};
      }));
    }
    return Ok{};
  }

  void hash_keys(const std::vector<log::RecordView>& records) {
    hashes_.clear();
    for (const log::RecordView& record : records) hashes_.push_back(hash_key(secret_, record.key));
  }

  const HashSecret& secret_;
  KeyMap& map_;
  SegmentScan& scan_;
  Progress& progress_;
  const uint64_t keys_before_;  // of other partitions
  Superseded* out_;
  std::vector<KeyHash> hashes_;
};

// The end of a range from FIRST on that the map should just hold, where those before it had KEYS.
uint64_t range_end(uint64_t first, uint64_t keys, const KeyMap& map) {
  double width_of_key =
      static_cast<double>(first) / static_cast<double>(std::max<uint64_t>(keys, 1));
  double width = width_of_key * 0.95 * static_cast<double>(map.capacity());
  if (width >= static_cast<double>(UINT64_MAX - first)) return UINT64_MAX;
  return first + std::max(static_cast<uint64_t>(width), uint64_t{1});
}

}  // namespace

Result<Superseded> find_superseded(const std::vector<log::SegmentState>& clean,
                                   const std::vector<log::SegmentState>& dirty,
                                   const HashSecret& secret, uint64_t map_bytes, SegmentScan& scan,
                                   Progress& progress) {
  Superseded out;
  KeyMap map(map_bytes, offsets_in(dirty));
  Passes passes(secret, map, scan, progress, &out);
  uint64_t bytes = bytes_in(clean) + bytes_in(dirty);
  uint64_t first = 0;
  uint64_t last = UINT64_MAX;
  while (true) {
    map.cover(first, last);
    LEAT_RETURN_IF_ERROR(passes.run(clean, dirty));
    out.keys += map.size();
    if (map.last() == UINT64_MAX) return out;
    progress.bytes_total += bytes;
    first = map.last() + 1;
    last = range_end(first, out.keys, map);
  }
}

}  // namespace leat::compaction

// What a partition knows of the places in its segments.
#include <algorithm>
#include <utility>

#include "log/partition.h"

namespace leat::log {

std::optional<SegmentState> Partition::segment_without_index(const SegmentName& name) const {
  std::lock_guard lock(mutex_);
  const Segment* segment = find_segment(name);
  if (segment == nullptr || segment->has_looked) return std::nullopt;
  return segment->state;
}

// What was noted of the part that the files do not cover stays.
void Partition::set_index(const SegmentName& name, const SegmentIndex& index) {
  std::lock_guard lock(mutex_);
  Segment* segment = find_segment(name);
  if (segment == nullptr) return;
  segment->has_looked = true;
  if (index.entries.empty()) return;
  std::vector<IndexEntry> entries;
  for (const SegmentIndex::Entry& each : index.entries) {
    entries.push_back({each.first, each.position, each.cut});
  }
  for (const IndexEntry& each : segment->index) {
    if (each.position > entries.back().position) entries.push_back(each);
  }
  segment->index = std::move(entries);
  segment->times = index.times;
}

void Partition::forget_index(const SegmentName& name) {
  std::lock_guard lock(mutex_);
  Segment* segment = find_segment(name);
  if (segment == nullptr) return;
  segment->has_looked = true;
  segment->index.clear();
  segment->times.clear();
}

std::vector<SegmentState> Partition::take_unindexed(bool all) {
  std::lock_guard lock(mutex_);
  std::vector<SegmentState> taken;
  size_t count = segments_.size() - (last_is_active() && !all ? 1 : 0);
  for (size_t i = 0; i < count; ++i) {
    if (!std::exchange(segments_[i].is_taken, true)) taken.push_back(segments_[i].state);
  }
  return taken;
}

std::optional<SegmentName> Partition::segment_around(Offset offset) const {
  std::lock_guard lock(mutex_);
  auto at = std::partition_point(segments_.begin(), segments_.end(), [&](const Segment& segment) {
    return segment.state.end <= offset;
  });
  if (at == segments_.end() || at->state.base >= offset) return std::nullopt;
  return at->state.name();
}

std::optional<SegmentName> Partition::first_segment_beyond(CutId cut) const {
  std::lock_guard lock(mutex_);
  auto at = std::partition_point(segments_.begin(), segments_.end(), [&](const Segment& segment) {
    return segment.state.cut_max <= cut;
  });
  return at == segments_.end() ? std::nullopt : std::optional(at->state.name());
}

std::optional<SegmentName> Partition::first_segment_from_time(int64_t timestamp_ms) const {
  std::lock_guard lock(mutex_);
  auto at = std::find_if(segments_.begin(), segments_.end(), [&](const Segment& segment) {
    return segment.state.timestamp_ms_max >= timestamp_ms;
  });
  return at == segments_.end() ? std::nullopt : std::optional(at->state.name());
}

Offset Partition::last_indexed(const SegmentName& name, CutId cut) const {
  std::lock_guard lock(mutex_);
  const Segment* segment = find_segment(name);
  if (segment == nullptr) return name.base;
  auto after = std::partition_point(segment->index.begin(), segment->index.end(),
                                    [&](const IndexEntry& entry) { return entry.cut <= cut; });
  return after == segment->index.begin() ? name.base : std::prev(after)->offset;
}

// Up to the entry that the time index's last lower time was written with, all times are lower; that
// entry is not before the batch which has that time.
Offset Partition::last_indexed_before_time(const SegmentName& name, int64_t timestamp_ms) const {
  std::lock_guard lock(mutex_);
  const Segment* segment = find_segment(name);
  if (segment == nullptr) return name.base;
  auto after = std::partition_point(
      segment->times.begin(), segment->times.end(),
      [&](const SegmentIndex::Time& time) { return time.timestamp_ms < timestamp_ms; });
  return after == segment->times.begin() ? name.base : std::prev(after)->offset;
}

}  // namespace leat::log

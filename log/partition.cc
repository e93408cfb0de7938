#include "log/partition.h"

#include <algorithm>

#include "log/base/check.h"

namespace leat::log {

bool Partition::continues(const Piece& piece) const {
  std::lock_guard lock(mutex_);
  Offset end = segments_.empty() ? Offset(0) : segments_.back().state.end;
  if (piece.end <= end) return false;
  if (piece.position == 0) return piece.segment_base == end;
  if (segments_.empty()) return false;
  const SegmentState& last = segments_.back().state;
  return last.base == piece.segment_base && last.bytes == piece.position;
}

void Partition::apply(const Piece& piece) {
  LEAT_CHECK(continues(piece));
  std::lock_guard lock(mutex_);
  Offset first = segments_.empty() ? Offset(0) : segments_.back().state.end;
  if (piece.position == 0) {
    SegmentState fresh{.base = first, .end = first, .bytes = 0, .timestamp_ms_max = INT64_MIN};
    segments_.push_back({fresh, {}});
    roll_next_ = false;
  }
  Segment& segment = segments_.back();
  index_batch(segment, first, piece.position);
  SegmentState& state = segment.state;
  state.bytes += piece.size;
  state.end = piece.end;
  state.timestamp_ms_max = std::max(state.timestamp_ms_max, piece.timestamp_ms_max);
}

void Partition::restore(std::vector<SegmentState> segments) {
  std::lock_guard lock(mutex_);
  segments_.clear();
  for (SegmentState& state : segments) segments_.push_back({state, {}});
}

std::vector<SegmentState> Partition::segments() const {
  std::lock_guard lock(mutex_);
  std::vector<SegmentState> states;
  for (const Segment& segment : segments_) states.push_back(segment.state);
  return states;
}

Offset Partition::end() const {
  std::lock_guard lock(mutex_);
  return segments_.empty() ? Offset(0) : segments_.back().state.end;
}

std::optional<SegmentState> Partition::active() const {
  std::lock_guard lock(mutex_);
  if (segments_.empty() || roll_next_) return std::nullopt;
  return segments_.back().state;
}

std::optional<Partition::Place> Partition::find(Offset offset) const {
  std::lock_guard lock(mutex_);
  auto at = std::partition_point(segments_.begin(), segments_.end(), [&](const Segment& segment) {
    return segment.state.end <= offset;
  });
  if (at == segments_.end()) return std::nullopt;
  return place_in(*at, offset);
}

std::optional<Partition::Place> Partition::find_before(Offset end) const {
  std::lock_guard lock(mutex_);
  auto after =
      std::partition_point(segments_.begin(), segments_.end(),
                           [&](const Segment& segment) { return segment.state.base < end; });
  if (after == segments_.begin()) return std::nullopt;
  return place_in(*std::prev(after), Offset(end.value() - 1));
}

// The last known batch of SEGMENT that begins at or before OFFSET.
Partition::Place Partition::place_in(const Segment& segment, Offset offset) {
  Place place{.segment_base = segment.state.base,
              .segment_bytes = segment.state.bytes,
              .position = 0,
              .batch_base = segment.state.base};
  const std::vector<IndexEntry>& index = segment.index;
  auto after = std::partition_point(
      index.begin(), index.end(), [&](const IndexEntry& entry) { return entry.offset <= offset; });
  if (after == index.begin()) return place;
  place.position = std::prev(after)->position;
  place.batch_base = std::prev(after)->offset;
  return place;
}

uint64_t Partition::segment_bytes(Offset base) const {
  std::lock_guard lock(mutex_);
  auto at = std::partition_point(segments_.begin(), segments_.end(),
                                 [&](const Segment& segment) { return segment.state.base < base; });
  return at != segments_.end() && at->state.base == base ? at->state.bytes : 0;
}

void Partition::note_batch(Offset segment_base, Offset offset, uint64_t position) {
  std::lock_guard lock(mutex_);
  auto at = std::partition_point(segments_.begin(), segments_.end(), [&](const Segment& segment) {
    return segment.state.base < segment_base;
  });
  if (at != segments_.end() && at->state.base == segment_base) index_batch(*at, offset, position);
}

void Partition::index_batch(Segment& segment, Offset offset, uint64_t position) {
  std::vector<IndexEntry>& index = segment.index;
  if (!index.empty() && position < index.back().position + kIndexEveryBytes) return;
  index.push_back({offset, position});
}

void Partition::quarantine(std::string why) {
  std::lock_guard lock(mutex_);
  if (!damage_.empty()) return;
  damage_ = std::move(why);
  roll_next_ = true;
}

std::string Partition::damage() const {
  std::lock_guard lock(mutex_);
  return damage_;
}

std::shared_ptr<Partition> PartitionTable::add(PartitionId id, const std::string& topic) {
  std::lock_guard lock(mutex_);
  auto partition = std::make_shared<Partition>(id, topic);
  partitions_[id] = partition;
  return partition;
}

std::shared_ptr<Partition> PartitionTable::find(PartitionId id) const {
  std::lock_guard lock(mutex_);
  auto at = partitions_.find(id);
  return at == partitions_.end() ? nullptr : at->second;
}

void PartitionTable::remove(PartitionId id) {
  std::lock_guard lock(mutex_);
  partitions_.erase(id);
}

void PartitionTable::remove_generation(GenerationId id) {
  std::lock_guard lock(mutex_);
  std::erase_if(partitions_, [&](const auto& entry) { return entry.first.generation == id; });
}

}  // namespace leat::log

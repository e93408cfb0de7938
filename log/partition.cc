#include "log/partition.h"

#include <algorithm>
#include <utility>

#include "log/base/check.h"

namespace leat::log {

bool Partition::continues(const Piece& piece) const {
  std::lock_guard lock(mutex_);
  if (piece.end <= end_) return false;
  if (piece.position == 0) return piece.segment_base == end_;
  if (segments_.empty()) return false;
  const SegmentState& last = segments_.back().state;
  return last.name() == SegmentName(piece.segment_base) && last.bytes == piece.position;
}

void Partition::apply(const Piece& piece, CutId cut) {
  LEAT_CHECK(continues(piece));
  std::lock_guard lock(mutex_);
  Offset first = end_;
  if (piece.position == 0) {
    SegmentState fresh{.base = first,
                       .end = first,
                       .timestamp_ms_first = piece.timestamp_ms_max,
                       .timestamp_ms_max = INT64_MIN,
                       .cut_max = cut};
    segments_.push_back(
        {.state = fresh, .index = {}, .times = {}, .has_looked = true, .is_taken = false});
    roll_next_ = false;
  }
  Segment& segment = segments_.back();
  index_batch(segment, {first, piece.position, cut});
  SegmentState& state = segment.state;
  state.bytes += piece.size;
  state.end = end_ = piece.end;
  state.timestamp_ms_max = std::max(state.timestamp_ms_max, piece.timestamp_ms_max);
  state.cut_max = cut;
}

void Partition::restore(std::vector<SegmentState> segments, Offset end) {
  std::lock_guard lock(mutex_);
  segments_.clear();
  end_ = end;
  for (SegmentState& state : segments) {
    revision_ = std::max(revision_, state.revision);
    segments_.push_back(
        {.state = state, .index = {}, .times = {}, .has_looked = false, .is_taken = false});
  }
}

std::vector<SegmentState> Partition::segments() const {
  std::lock_guard lock(mutex_);
  std::vector<SegmentState> out;
  for (const Segment& segment : segments_) out.push_back(segment.state);
  return out;
}

Offset Partition::end() const {
  std::lock_guard lock(mutex_);
  return end_;
}

std::optional<SegmentState> Partition::active() const {
  std::lock_guard lock(mutex_);
  if (!last_is_active()) return std::nullopt;
  return segments_.back().state;
}

// What was rewritten is not appended to: its end, a hole perhaps, says nothing of its last batch.
bool Partition::last_is_active() const {
  return !segments_.empty() && !roll_next_ && segments_.back().state.revision == 0 &&
         segments_.back().state.end == end_;
}

void Partition::roll() {
  std::lock_guard lock(mutex_);
  roll_next_ = true;
}

void Partition::close(const SegmentName& name) {
  std::lock_guard lock(mutex_);
  if (!segments_.empty() && segments_.back().state.name() == name) roll_next_ = true;
}

std::vector<SegmentState> Partition::closed_segments() const {
  std::lock_guard lock(mutex_);
  size_t count = segments_.size() - (last_is_active() ? 1 : 0);
  std::vector<SegmentState> closed;
  for (size_t i = 0; i < count; ++i) closed.push_back(segments_[i].state);
  return closed;
}

bool Partition::can_replace(const SegmentReplacement& replacement) const {
  std::lock_guard lock(mutex_);
  size_t count = replacement.removed.size();
  size_t closed = segments_.size() - (last_is_active() ? 1 : 0);
  if (count == 0 || count > closed) return false;
  for (size_t i = 0; i < count; ++i) {
    if (segments_[i].state != replacement.removed[i]) return false;
  }
  Offset at = replacement.removed.front().base;
  Offset end = count < segments_.size() ? segments_[count].state.base : end_;
  for (const SegmentState& added : replacement.added) {
    if (added.revision == 0 || added.base < at || added.end <= added.base) return false;
    at = added.end;
  }
  return at <= end && replacement.start <= end && replacement.cleaned_horizon <= end;
}

void Partition::replace(const SegmentReplacement& replacement) {
  LEAT_CHECK(can_replace(replacement));
  std::lock_guard lock(mutex_);
  auto removed = static_cast<ptrdiff_t>(replacement.removed.size());
  segments_.erase(segments_.begin(), segments_.begin() + removed);
  std::vector<Segment> added;
  for (const SegmentState& state : replacement.added) {
    added.push_back(
        {.state = state, .index = {}, .times = {}, .has_looked = false, .is_taken = false});
    revision_ = std::max(revision_, state.revision);
  }
  segments_.insert(segments_.begin(), added.begin(), added.end());
}

uint32_t Partition::next_revision() {
  std::lock_guard lock(mutex_);
  return ++revision_;
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
  Place place{.segment = segment.state.name(),
              .segment_end = segment.state.end,
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

const Partition::Segment* Partition::find_segment(const SegmentName& name) const {
  auto at = std::partition_point(segments_.begin(), segments_.end(), [&](const Segment& segment) {
    return segment.state.base < name.base;
  });
  return at != segments_.end() && at->state.name() == name ? &*at : nullptr;
}

std::optional<SegmentState> Partition::segment(const SegmentName& name) const {
  std::lock_guard lock(mutex_);
  const Segment* found = find_segment(name);
  return found == nullptr ? std::nullopt : std::optional(found->state);
}

Partition::Segment* Partition::find_segment(const SegmentName& name) {
  return const_cast<Segment*>(std::as_const(*this).find_segment(name));
}

void Partition::note_batch(const SegmentName& name, const BatchView& batch, uint64_t position) {
  std::lock_guard lock(mutex_);
  Segment* segment = find_segment(name);
  if (segment != nullptr) index_batch(*segment, {batch.base, position, batch.cut});
}

void Partition::index_batch(Segment& segment, const IndexEntry& entry) {
  std::vector<IndexEntry>& index = segment.index;
  if (!index.empty() && entry.position < index.back().position + kNoteEveryBytes) return;
  index.push_back(entry);
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

void Partition::note_damage(const std::string& what) {
  {
    std::lock_guard lock(mutex_);
    if (has_noted_damage_ || !damage_.empty()) return;
    has_noted_damage_ = true;
  }
  notes_.add({topic_, id_, what});
}

std::shared_ptr<Partition> PartitionTable::add(PartitionId id, const std::string& topic) {
  std::lock_guard lock(mutex_);
  auto partition = std::make_shared<Partition>(id, topic, damage_notes_);
  partitions_[id] = partition;
  return partition;
}

std::shared_ptr<Partition> PartitionTable::find(PartitionId id) const {
  std::lock_guard lock(mutex_);
  auto at = partitions_.find(id);
  return at == partitions_.end() ? nullptr : at->second;
}

std::vector<std::shared_ptr<Partition>> PartitionTable::all() const {
  std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Partition>> all;
  for (const auto& [id, partition] : partitions_) all.push_back(partition);
  return all;
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

#include "log/local_segments.h"

#include <algorithm>

namespace leat::log {
namespace {
constexpr std::chrono::milliseconds kLookEvery{100};
constexpr std::chrono::milliseconds kPauseMin{1000};
}  // namespace

CutId LocalSegments::floor() const {
  return std::min(engine_.reader_floors.compaction_floor(), publisher_.state()->cut);
}

void LocalSegments::detach_lowest(const std::string& reason) {
  engine_.reader_floors.detach_lowest(reason);
}

Result<std::shared_ptr<Partition>> LocalSegments::find(PartitionId id) const {
  auto partition = engine_.partitions.find(id);
  if (partition != nullptr) return partition;
  return Error::transient("generation " + std::to_string(id.generation.value()) + " is gone");
}

Result<std::vector<SegmentState>> LocalSegments::closed_segments(PartitionId id) const {
  LEAT_ASSIGN_OR_RETURN(auto partition, find(id));
  std::string damage = partition->damage();
  if (damage.empty()) return partition->closed_segments();
  return Error::permanent(partition->name() + " is quarantined: " + damage);
}

void LocalSegments::roll(PartitionId id) {
  if (auto partition = engine_.partitions.find(id)) partition->roll();
}

Result<std::shared_ptr<File>> LocalSegments::open(PartitionId id, const SegmentName& name) {
  LEAT_ASSIGN_OR_RETURN(auto partition, find(id));
  return engine_.segments.open(*partition, name);
}

// Newer records that are appended in between go into a segment that is closed then: it is let go of
// later.
void LocalSegments::roll_older(PartitionId id, int64_t timestamp_ms) {
  auto partition = engine_.partitions.find(id);
  if (partition == nullptr) return;
  auto segments = partition->segments();
  bool is_old = !segments.empty() && segments.back().timestamp_ms_max <= timestamp_ms;
  if (is_old) partition->close(segments.back().name());
}

void LocalSegments::note_damage(PartitionId id, const std::string& what) {
  if (auto partition = engine_.partitions.find(id)) partition->note_damage(what);
}

Result<uint32_t> LocalSegments::next_revision(PartitionId id) {
  LEAT_ASSIGN_OR_RETURN(auto partition, find(id));
  return partition->next_revision();
}

Result<std::unique_ptr<File>> LocalSegments::create(PartitionId id, const SegmentName& name) {
  LEAT_ASSIGN_OR_RETURN(auto partition, find(id));
  return engine_.segments.create(*partition, name);
}

Status LocalSegments::sync_new(File& file) {
  LEAT_RETURN_IF_ERROR(guard_.synced([&] { return file.sync(); }));
  return guard_.synced([this] { return engine_.segments.sync_names(); });
}

Status LocalSegments::discard(PartitionId id, const std::vector<SegmentName>& names) {
  auto partition = engine_.partitions.find(id);
  if (partition == nullptr) return Ok{};  // they go with their generation
  for (const SegmentName& name : names) {
    LEAT_RETURN_IF_ERROR(engine_.segments.remove_stray(engine_.segments.path(*partition, name)));
  }
  return Ok{};
}

// A disk without room may keep the committer waiting for ever. Who compacts does not wait with it,
// or the process could not end.
Result<ReplaceOutcome> LocalSegments::replace(SegmentReplacement replacement) {
  auto outcome = engine_.replacements.add(std::move(replacement));
  queue_.request_cut();
  std::chrono::milliseconds pause_max = std::max(30 * engine_.options.retry_delay_max, kPauseMin);
  std::chrono::milliseconds paused{0};
  while (outcome.wait_for(kLookEvery) != std::future_status::ready) {
    std::string reason = guard_.paused_reason();
    paused = reason.empty() ? std::chrono::milliseconds(0) : paused + kLookEvery;
    if (paused >= pause_max) return Error::transient("the log is paused: " + reason);
  }
  return outcome.get();
}

}  // namespace leat::log

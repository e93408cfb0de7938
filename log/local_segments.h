// SegmentAccess over the parts of an open local log.
#pragma once

#include "log/commit_queue.h"
#include "log/engine.h"
#include "log/kept_room.h"
#include "log/publisher.h"
#include "log/segment_access.h"
#include "log/write_guard.h"

namespace leat::log {

class LocalSegments final : public SegmentAccess {
 public:
  LocalSegments(Engine& engine, const Publisher& publisher, CommitQueue& queue, WriteGuard& guard)
      : engine_(engine),
        publisher_(publisher),
        queue_(queue),
        guard_(guard),
        kept_room_(engine.options.fs, engine.paths.dir(), engine.options.kept_room_bytes) {}

  std::shared_ptr<const LogState> state() const override { return publisher_.state(); }
  const Clock& clock() const override { return engine_.options.clock; }
  uint64_t segment_bytes_max() const override { return engine_.options.segment_bytes_max; }
  CutId floor() const override;
  void detach_lowest(const std::string& reason) override;
  bool is_short_of_room() const override { return !kept_room_.check().ok(); }
  Result<std::vector<SegmentState>> closed_segments(PartitionId partition) const override;
  void roll(PartitionId partition) override;
  void roll_older(PartitionId partition, int64_t timestamp_ms) override;
  Result<std::shared_ptr<File>> open(PartitionId partition, const SegmentName& name) override;
  void note_damage(PartitionId partition, const std::string& what) override;
  Result<uint32_t> next_revision(PartitionId partition) override;
  Result<std::unique_ptr<File>> create(PartitionId partition, const SegmentName& name) override;
  Status sync_new(File& file) override;
  Status discard(PartitionId partition, const std::vector<SegmentName>& names) override;
  Result<ReplaceOutcome> replace(SegmentReplacement replacement) override;

 private:
  Result<std::shared_ptr<Partition>> find(PartitionId partition) const;

  Engine& engine_;
  const Publisher& publisher_;
  CommitQueue& queue_;
  WriteGuard& guard_;
  const KeptRoom kept_room_;
};

}  // namespace leat::log

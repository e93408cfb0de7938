// What rewrites segments (compaction, retention) sees of a local log. Any thread, but one at a time
// for a partition.
//
//   closed_segments ─▶ read ─▶ create, write, sync_new ─▶ replace: one cut ─▶ the old files go with
//                                       │                       the checkpoint after it
//                                       └─ or discard
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "log/base/clock.h"
#include "log/base/fs.h"
#include "log/base/status.h"
#include "log/change_log.h"
#include "log/reader_floors.h"
#include "log/replacement_queue.h"
#include "log/segment.h"

namespace leat::log {

class SegmentAccess {
 public:
  virtual ~SegmentAccess() = default;

  virtual std::shared_ptr<const LogState> state() const = 0;
  virtual const Clock& clock() const = 0;
  // A segment's bound, where its topic sets no lower one.
  virtual uint64_t segment_bytes_max() const = 0;

  // What no reader may ask for any more ends here: the lowest floor of those that are registered or
  // at work, or the newest cut.
  virtual CutId floor() const = 0;
  virtual void detach_lowest(const std::string& reason) = 0;
  // Appends wait, or soon will: there is no more room on the disk than what is kept for those who
  // make some.
  virtual bool is_short_of_room() const = 0;

  // Those that nothing is appended to any more, oldest first. An error: the partition is not there,
  // or quarantined.
  virtual Result<std::vector<SegmentState>> closed_segments(PartitionId partition) const = 0;
  // Closes the last one.
  virtual void roll(PartitionId partition) = 0;
  // Closes it where all in it is of that time or older.
  virtual void roll_older(PartitionId partition, int64_t timestamp_ms) = 0;

  virtual Result<std::shared_ptr<File>> open(PartitionId partition, const SegmentName& name) = 0;
  // What is read does not verify: the log's state will say so.
  virtual void note_damage(PartitionId partition, const std::string& what) = 0;
  // A revision for files of one rewriting; never given out before.
  virtual Result<uint32_t> next_revision(PartitionId partition) = 0;
  virtual Result<std::unique_ptr<File>> create(PartitionId partition, const SegmentName& name) = 0;
  // Brings a created file and its name to disk. A failure is the end of the log, as of every sync.
  virtual Status sync_new(File& file) = 0;
  // Removes created files that no replacement named.
  virtual Status discard(PartitionId partition, const std::vector<SegmentName>& names) = 0;

  // Waits until it is part of a durable cut, or refused; an error after a long pause of the log.
  virtual Result<ReplaceOutcome> replace(SegmentReplacement replacement) = 0;
};

}  // namespace leat::log

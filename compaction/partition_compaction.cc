#include "compaction/partition_compaction.h"

#include <algorithm>
#include <thread>

#include "compaction/survivors.h"

namespace leat::compaction {
namespace {

using log::ReplaceOutcome;
using log::SegmentReplacement;
using log::SegmentState;

// A reader may register below the horizon between the choice of the input and the replacement. It
// is waited for so many times; then the work is thrown away.
constexpr int kReplaceTries = 20;
constexpr std::chrono::milliseconds kReplaceDelay{100};
// A thousand years: for ever, without an overflow.
constexpr int64_t kRetentionMsMax = int64_t{1000} * 366 * 24 * 60 * 60 * 1000;

class Compaction {
 public:
  Compaction(log::SegmentAccess& access, const CompactionInput& input,
             const CompactionOptions& options, Pace& pace, Progress& progress)
      : access_(access),
        input_(input),
        options_(options),
        pace_(pace),
        progress_(progress),
        now_ms_(access.clock().unix_us() / 1000),
        scan_(access, input.partition, pace, progress) {}

  Result<CompactionTotals> run() {
    auto split = input_.segments.begin() + static_cast<ptrdiff_t>(input_.first_dirty);
    std::vector<SegmentState> clean(input_.segments.begin(), split);
    std::vector<SegmentState> dirty(split, input_.segments.end());
    for (const SegmentState& each : input_.segments) totals_.bytes_before += each.bytes;
    progress_.bytes_total += 2 * totals_.bytes_before;
    LEAT_ASSIGN_OR_RETURN(
        Superseded superseded,
        find_superseded(clean, dirty, HashSecret::random(), options_.map_bytes, scan_, progress_));
    LEAT_ASSIGN_OR_RETURN(auto writer,
                          SegmentWriter::open(access_, input_.partition, pace_, options_.output));
    LEAT_RETURN_IF_ERROR(copy(clean, superseded.clean, *writer));
    LEAT_RETURN_IF_ERROR(copy(dirty, superseded.dirty, *writer));
    LEAT_ASSIGN_OR_RETURN(std::vector<SegmentState> added, writer->finish());
    Result<bool> replaced = replace(std::move(added));
    // After an error the cut may be durable all the same, and name the files; if it is not, the
    // next opening of the log removes them.
    if (!replaced.ok() || *replaced) writer->keep();
    LEAT_ASSIGN_OR_RETURN(totals_.replaced, std::move(replaced));
    totals_.bytes_after = writer->bytes();
    totals_.bytes_read = scan_.bytes_read();
    totals_.keys = superseded.keys;
    totals_.passes = superseded.passes;
    return totals_;
  }

 private:
  Status copy(const std::vector<SegmentState>& segments, const RecordSet& superseded,
              SegmentWriter& writer) {
    uint64_t number = 0;
    for (const SegmentState& segment : segments) {
      LEAT_RETURN_IF_ERROR(scan_.run(segment, [&](const ScannedBatch& scanned) {
        return copy_batch(scanned, superseded, &number, writer);
      }));
    }
    totals_.records_read += number;
    return Ok{};
  }

  Status copy_batch(const ScannedBatch& scanned, const RecordSet& superseded, uint64_t* number,
                    SegmentWriter& writer) {
    int64_t horizon_ms = horizon_of(scanned.batch);
    for (const log::RecordView& record : scanned.records) {
      bool is_over = !record.value && horizon_ms <= now_ms_;
      if (superseded.contains((*number)++) || is_over) continue;
      ++totals_.records_kept;
      LEAT_RETURN_IF_ERROR(writer.add(record, scanned.batch.cut, horizon_ms));
    }
    return Ok{};
  }

  // From when on the tombstones of BATCH may go: counted from when they were first compacted.
  int64_t horizon_of(const log::BatchView& batch) const {
    if (batch.delete_horizon_ms) return *batch.delete_horizon_ms;
    return now_ms_ + std::min(options_.tombstone_retention_ms, kRetentionMsMax);
  }

  Result<bool> replace(std::vector<SegmentState> added) {
    SegmentReplacement replacement{.partition = input_.partition,
                                   .removed = input_.segments,
                                   .added = std::move(added),
                                   .start = input_.segments.back().end,
                                   .cleaned_horizon = input_.segments.back().end,
                                   .since = CutId(0)};
    if (!replacement.added.empty()) replacement.start = replacement.added.front().base;
    for (const SegmentState& each : input_.segments) {
      replacement.since = std::max(replacement.since, each.cut_max);
    }
    for (int i = 0; i < kReplaceTries; ++i) {
      LEAT_ASSIGN_OR_RETURN(ReplaceOutcome outcome, access_.replace(replacement));
      if (outcome != ReplaceOutcome::readers_behind) return outcome == ReplaceOutcome::committed;
      LEAT_RETURN_IF_ERROR(pace_.spend(0));
      std::this_thread::sleep_for(kReplaceDelay);
    }
    return false;
  }

  log::SegmentAccess& access_;
  const CompactionInput& input_;
  const CompactionOptions& options_;
  Pace& pace_;
  Progress& progress_;
  const int64_t now_ms_;
  SegmentScan scan_;
  CompactionTotals totals_;
};

}  // namespace

Result<CompactionTotals> compact_partition(log::SegmentAccess& access, const CompactionInput& input,
                                           const CompactionOptions& options, Pace& pace,
                                           Progress& progress) {
  return Compaction(access, input, options, pace, progress).run();
}

}  // namespace leat::compaction

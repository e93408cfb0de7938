#include "compaction/plan.h"

#include <algorithm>

#include "compaction/survivors.h"

namespace leat::compaction {
namespace {

using log::SegmentState;

// Whether TIMESTAMP lies at least AGE back. Ages may be "for ever"; of age 0 is also what a wrong
// clock has put into the future.
bool is_older(int64_t timestamp_ms, int64_t age_ms, int64_t now_ms) {
  return age_ms == 0 || age_ms <= now_ms - std::max<int64_t>(timestamp_ms, 0);
}

// Tombstones whose time has come while nothing else is dirty. They wait for as long again, so that
// all of one such span go in one rewriting.
bool has_old_tombstones(const std::vector<SegmentState>& clean, const PlanContext& context) {
  return std::any_of(clean.begin(), clean.end(), [&](const SegmentState& segment) {
    return segment.delete_horizon_ms != log::kNoDeleteHorizon &&
           is_older(segment.delete_horizon_ms, context.settings.tombstone_retention_ms,
                    context.now_ms);
  });
}

}  // namespace

CompactionPlan plan_compaction(const PartitionFacts& facts, const PlanContext& context) {
  CompactionPlan plan;
  plan.input.partition = facts.partition;
  const log::TopicSettings& settings = context.settings;
  bool held_back = false;
  bool is_overdue = false;
  Offset first = facts.closed.empty() ? Offset(0) : facts.closed.front().base;
  for (const SegmentState& segment : facts.closed) {
    bool is_clean = segment.end <= facts.cleaned_horizon;
    bool is_old =
        is_older(segment.timestamp_ms_max, settings.compaction_lag_ms_min, context.now_ms);
    if (!is_clean && !is_old) break;
    held_back = held_back || segment.cut_max > context.floor;
    if (held_back) {
      plan.held_back_bytes += is_clean ? 0 : segment.bytes;
      continue;
    }
    bool too_many = segment.end.since(std::max(first, facts.cleaned_horizon)) >
                    static_cast<int64_t>(kDirtyRecordsMax);
    if (too_many && !plan.input.segments.empty()) break;
    plan.input.segments.push_back(segment);
    plan.input.first_dirty += is_clean ? 1 : 0;
    (is_clean ? plan.clean_bytes : plan.dirty_bytes) += segment.bytes;
    is_overdue =
        is_overdue || (!is_clean && is_older(segment.timestamp_ms_max,
                                             settings.compaction_lag_ms_max, context.now_ms));
  }
  uint64_t percent = static_cast<uint64_t>(settings.compaction_dirty_percent);
  bool is_dirty = plan.dirty_bytes > 0 &&
                  (context.is_short_of_room ||
                   plan.dirty_bytes * 100 >= percent * (plan.clean_bytes + plan.dirty_bytes));
  plan.is_due = is_dirty || is_overdue || has_old_tombstones(plan.input.segments, context);
  return plan;
}

std::optional<log::SegmentReplacement> plan_retention(const PartitionFacts& facts,
                                                      const PlanContext& context,
                                                      uint64_t* held_back_bytes) {
  log::SegmentReplacement replacement;
  replacement.partition = facts.partition;
  replacement.cleaned_horizon = facts.cleaned_horizon;
  uint64_t left = facts.bytes;
  bool held_back = false;
  for (const SegmentState& segment : facts.closed) {
    bool is_old = is_older(segment.timestamp_ms_max, context.settings.retention_ms, context.now_ms);
    bool is_too_much = left - std::min(left, segment.bytes) >= context.settings.retention_bytes;
    if (!is_old && !is_too_much) break;
    left -= std::min(left, segment.bytes);
    held_back = held_back || segment.cut_max > context.floor;
    if (held_back) {
      *held_back_bytes += segment.bytes;
      continue;
    }
    replacement.removed.push_back(segment);
    replacement.start = segment.end;
    replacement.since = std::max(replacement.since, segment.cut_max);
  }
  if (replacement.removed.empty()) return std::nullopt;
  return replacement;
}

}  // namespace leat::compaction

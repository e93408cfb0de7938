#include "log/replacer.h"

#include <algorithm>
#include <utility>

namespace leat::log {

Replacer::~Replacer() {
  settle(Error::permanent("the log is closed"));
}

void Replacer::admit(CutRecord* record, StateBuilder* builder) {
  for (ReplacementQueue::Entry& entry : engine_.replacements.take()) {
    ReplaceOutcome outcome = admit_one(entry.replacement, *record, builder);
    if (outcome != ReplaceOutcome::committed) {
      entry.outcome.set_value(outcome);
      continue;
    }
    record->replacements.push_back(entry.replacement);
    admitted_.push_back(std::move(entry));
  }
}

namespace {

// Closed after the cut's batches had found their place in it.
bool is_appended_to(const SegmentReplacement& replacement, const CutRecord& record) {
  return std::any_of(record.pieces.begin(), record.pieces.end(), [&](const Piece& piece) {
    return piece.partition == replacement.partition &&
           piece.segment_base == replacement.removed.back().base;
  });
}

}  // namespace

ReplaceOutcome Replacer::admit_one(const SegmentReplacement& replacement, const CutRecord& record,
                                   StateBuilder* builder) {
  auto partition = engine_.partitions.find(replacement.partition);
  bool is_taken =
      std::any_of(record.replacements.begin(), record.replacements.end(),
                  [&](const auto& other) { return other.partition == replacement.partition; });
  bool fits = partition != nullptr && !is_taken && partition->damage().empty() &&
              partition->can_replace(replacement) && !is_appended_to(replacement, record) &&
              builder->is_current(partition->topic(), replacement.partition.generation);
  if (!fits) return ReplaceOutcome::changed;
  bool passed = engine_.reader_floors.begin_replacement(replacement.since);
  return passed ? ReplaceOutcome::committed : ReplaceOutcome::readers_behind;
}

void Replacer::apply(const CutRecord& record, StateBuilder* builder) {
  for (const SegmentReplacement& replacement : record.replacements) {
    auto partition = engine_.partitions.find(replacement.partition);
    partition->replace(replacement);
    builder->replace(partition->topic(), replacement);
    for (const SegmentState& segment : replacement.removed) {
      removed_.push_back(engine_.segments.path(*partition, segment.name()));
    }
  }
}

void Replacer::settle(const Status& committed) {
  engine_.reader_floors.end_replacement();
  for (ReplacementQueue::Entry& entry : std::exchange(admitted_, {})) {
    if (committed.ok()) entry.outcome.set_value(ReplaceOutcome::committed);
    if (!committed.ok()) entry.outcome.set_value(committed.error());
  }
}

std::vector<std::string> Replacer::take_removed() {
  return std::exchange(removed_, {});
}

}  // namespace leat::log

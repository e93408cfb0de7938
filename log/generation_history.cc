#include "log/generation_history.h"

#include <algorithm>

namespace leat::log {

GenerationHistory::GenerationHistory(std::shared_ptr<const LogState> state, std::string_view topic,
                                     CutId forget_until)
    : state_(std::move(state)) {
  for (const auto& retired : state_->retired) {
    const GenerationState& generation = retired->generation;
    // One that was replaced in the cut that made it current was never to be seen.
    bool seen = generation.since < retired->until && retired->until > forget_until;
    if (retired->topic == topic && seen) {
      spans_.push_back({&generation, generation.since, retired->until});
    }
  }
  const TopicState* now = state_->find(topic);
  if (now != nullptr && now->current) {
    spans_.push_back({&*now->current, now->current->since, CutId(UINT64_MAX)});
  }
}

const GenerationState* GenerationHistory::at(CutId cut) const {
  for (const Span& span : spans_) {
    if (span.since <= cut && cut < span.until) return span.generation;
  }
  return nullptr;
}

const GenerationState* GenerationHistory::find(GenerationId id) const {
  for (const Span& span : spans_) {
    if (span.generation->id == id) return span.generation;
  }
  return nullptr;
}

std::optional<CutId> GenerationHistory::next_change(CutId cut) const {
  std::optional<CutId> next;
  auto consider = [&](CutId change) {
    if (change > cut && change != CutId(UINT64_MAX) && (!next || change < *next)) next = change;
  };
  for (const Span& span : spans_) {
    consider(span.since);
    consider(span.until);
  }
  return next;
}

}  // namespace leat::log

#include "log/state_builder.h"

#include <algorithm>

namespace leat::log {
namespace {

Error does_not_fit(std::string_view topic, std::string_view what) {
  return Error::permanent("topic " + std::string(topic) + ": " + std::string(what));
}

PartitionState* partition_of(GenerationState* generation, PartitionId id) {
  auto index = static_cast<size_t>(id.index.value());
  return index < generation->partitions.size() ? &generation->partitions[index] : nullptr;
}

bool is(const std::optional<GenerationState>& generation, GenerationId id) {
  return generation && generation->id == id;
}

}  // namespace

StateBuilder::StateBuilder(const LogState& base, CutId cut)
    : next_(std::make_shared<LogState>(base)) {
  next_->cut = cut;
}

std::shared_ptr<const LogState> StateBuilder::build() && {
  return std::move(next_);
}

Status StateBuilder::apply(const TopicEdit& edit) {
  return std::visit([this](const auto& each) { return apply_edit(each); }, edit);
}

void StateBuilder::set_position(const SourcePosition& position) {
  if (position.position.empty()) {
    next_->source_positions.erase(position.source);
  } else {
    next_->source_positions[position.source] = position.position;
  }
}

size_t StateBuilder::index_of(std::string_view name) const {
  auto at = std::lower_bound(
      next_->topics.begin(), next_->topics.end(), name,
      [](const auto& topic, std::string_view wanted) { return topic->name < wanted; });
  return static_cast<size_t>(at - next_->topics.begin());
}

TopicState* StateBuilder::topic(std::string_view name) {
  size_t index = index_of(name);
  if (index == next_->topics.size() || next_->topics[index]->name != name) return nullptr;
  std::shared_ptr<const TopicState>& slot = next_->topics[index];
  auto own = copies_.find(slot.get());
  if (own != copies_.end()) return own->second.get();
  auto copy = std::make_shared<TopicState>(*slot);
  copies_[copy.get()] = copy;
  slot = copy;
  return copy.get();
}

PartitionState* StateBuilder::partition(std::string_view name, PartitionId id) {
  if (TopicState* state = topic(name)) {
    if (is(state->current, id.generation)) return partition_of(&*state->current, id);
    if (is(state->filling, id.generation)) return partition_of(&*state->filling, id);
  }
  GenerationState* old = retired(id.generation);
  return old == nullptr ? nullptr : partition_of(old, id);
}

TopicSettings StateBuilder::settings(std::string_view name) const {
  const TopicState* state = next_->find(name);
  return state == nullptr ? TopicSettings() : state->settings;
}

void StateBuilder::extend(std::string_view name, const Piece& piece) {
  PartitionState* state = partition(name, piece.partition);
  LEAT_CHECK(state != nullptr);
  state->end = piece.end;
  state->bytes += piece.size;
}

bool StateBuilder::is_over(GenerationId generation) const {
  return std::any_of(next_->retired.begin(), next_->retired.end(), [&](const auto& retired) {
    return retired->generation.id == generation && retired->until < next_->cut;
  });
}

bool StateBuilder::is_current(std::string_view name, GenerationId generation) {
  size_t index = index_of(name);
  return index < next_->topics.size() && next_->topics[index]->name == name &&
         is(next_->topics[index]->current, generation);
}

void StateBuilder::replace(std::string_view name, const SegmentReplacement& replacement) {
  PartitionState* state = partition(name, replacement.partition);
  LEAT_CHECK(state != nullptr);
  state->start = replacement.start;
  state->cleaned_horizon = replacement.cleaned_horizon;
  for (const SegmentState& segment : replacement.removed) state->bytes -= segment.bytes;
  for (const SegmentState& segment : replacement.added) state->bytes += segment.bytes;
  GenerationState& generation = *topic(name)->current;
  generation.since = std::max(generation.since, replacement.since);
  ++generation.rewrites;
}

// Only a cut that both appends to a generation and retires it comes here.
GenerationState* StateBuilder::retired(GenerationId id) {
  for (std::shared_ptr<const RetiredGeneration>& slot : next_->retired) {
    if (slot->generation.id != id) continue;
    auto copy = std::make_shared<RetiredGeneration>(*slot);
    slot = copy;
    return &copy->generation;
  }
  return nullptr;
}

void StateBuilder::retire_current(TopicState& topic) {
  if (!topic.current) return;
  next_->retired.push_back(std::make_shared<RetiredGeneration>(RetiredGeneration{
      topic.name, std::move(*topic.current), next_->cut, topic.stopped_reason, topic.stopped_at}));
}

void StateBuilder::remove_retired(GenerationId generation) {
  std::erase_if(next_->retired, [&](const auto& old) { return old->generation.id == generation; });
}

Status StateBuilder::apply_edit(const CreateTopic& edit) {
  size_t index = index_of(edit.topic);
  if (index < next_->topics.size() && next_->topics[index]->name == edit.topic) {
    if (next_->topics[index]->kind == edit.kind) return Ok{};
    return does_not_fit(edit.topic, "exists already as another kind of topic");
  }
  auto fresh = std::make_shared<TopicState>();
  fresh->name = edit.topic;
  fresh->kind = edit.kind;
  if (edit.settings) fresh->settings = *edit.settings;
  copies_[fresh.get()] = fresh;
  next_->topics.insert(next_->topics.begin() + static_cast<ptrdiff_t>(index), fresh);
  return Ok{};
}

Status StateBuilder::apply_edit(const BeginGeneration& edit) {
  TopicState* state = topic(edit.topic);
  if (state == nullptr)
    return does_not_fit(edit.topic, "a generation is begun, but there is no topic");
  if (state->filling) dropped_.push_back(std::move(*state->filling));
  GenerationState fresh{
      .id = edit.generation, .schema = edit.schema, .since = CutId(0), .partitions = {}};
  fresh.partitions.resize(static_cast<size_t>(edit.partition_count));
  state->filling = std::move(fresh);
  return Ok{};
}

Status StateBuilder::apply_edit(const SwitchGeneration& edit) {
  TopicState* state = topic(edit.topic);
  if (state == nullptr || !is(state->filling, edit.generation)) {
    return does_not_fit(edit.topic, "a switch to a generation that is not filling");
  }
  retire_current(*state);
  state->current = std::move(state->filling);
  state->filling.reset();
  state->current->since = next_->cut;
  state->stopped_reason.reset();
  state->stopped_at = CutId(0);
  return Ok{};
}

Status StateBuilder::apply_edit(const StopTopic& edit) {
  TopicState* state = topic(edit.topic);
  if (state == nullptr) return does_not_fit(edit.topic, "is stopped, but there is no such topic");
  if (state->stopped_reason) return Ok{};  // the first stop counts
  state->stopped_reason = edit.reason;
  state->stopped_at = next_->cut;
  return Ok{};
}

Status StateBuilder::apply_edit(const DropTopic& edit) {
  TopicState* state = topic(edit.topic);
  if (state == nullptr) return does_not_fit(edit.topic, "is dropped, but there is no such topic");
  retire_current(*state);
  if (state->filling) dropped_.push_back(std::move(*state->filling));
  size_t index = index_of(edit.topic);
  next_->topics.erase(next_->topics.begin() + static_cast<ptrdiff_t>(index));
  return Ok{};
}

Status StateBuilder::apply_edit(const AlterTopic& edit) {
  TopicState* state = topic(edit.topic);
  if (state == nullptr) return does_not_fit(edit.topic, "is altered, but there is no such topic");
  state->settings = edit.settings;
  return Ok{};
}

}  // namespace leat::log

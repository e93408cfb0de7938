#include "views/damaged_topics.h"

#include <algorithm>

namespace leat::views {

std::map<std::string, Error> damaged_topics(log::ChangeLog& log,
                                            const std::vector<std::string>& topics,
                                            const log::ReadPosition& from, CutId limit,
                                            size_t bytes_max) {
  std::map<std::string, Error> damaged;
  for (const std::string& topic : topics) {
    auto reader = log.read_cuts({topic}, from);
    if (!reader.ok()) continue;  // that is no damage: its position is kept no longer
    auto step = (*reader)->next(bytes_max, limit, std::chrono::milliseconds(0));
    if (!step.ok()) damaged.emplace(topic, step.error());
  }
  return damaged;
}

bool is_damaged(const log::GenerationState& generation) {
  return std::any_of(generation.partitions.begin(), generation.partitions.end(),
                     [](const auto& partition) { return !partition.damage.empty(); });
}

const log::TopicState* first_damaged(const log::LogState& state, const InputSchemas& inputs) {
  for (const auto& [name, schema] : inputs) {
    const log::TopicState* topic = state.find(name);
    if (topic != nullptr && topic->current && is_damaged(*topic->current)) return topic;
  }
  return nullptr;
}

GenerationId generation_at(const log::LogState& state, const std::string& topic, CutId at) {
  for (const auto& retired : state.retired) {
    const log::GenerationState& old = retired->generation;
    if (retired->topic == topic && old.since <= at && at < retired->until) return old.id;
  }
  const log::TopicState* now = state.find(topic);
  return now != nullptr && now->current ? now->current->id : GenerationId();
}

}  // namespace leat::views

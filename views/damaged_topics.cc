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

std::optional<std::string> why_not_whole(const log::TopicState& topic) {
  if (!topic.current) return std::nullopt;
  const auto& partitions = topic.current->partitions;
  bool is_damaged = std::any_of(partitions.begin(), partitions.end(),
                                [](const auto& partition) { return !partition.damage.empty(); });
  if (is_damaged) return topic.name + " is damaged; leat topic describe says where";
  bool is_cut_short = topic.stopped_reason && topic.stopped_at == topic.current->since;
  if (is_cut_short) return topic.name + " is not whole: " + *topic.stopped_reason;
  return std::nullopt;
}

std::optional<std::string> first_not_whole(const log::LogState& state, const InputSchemas& inputs) {
  for (const auto& [name, schema] : inputs) {
    const log::TopicState* topic = state.find(name);
    auto why = topic != nullptr ? why_not_whole(*topic) : std::nullopt;
    if (why) return why;
  }
  return std::nullopt;
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

#include "views/view_inputs.h"

#include <spdlog/fmt/fmt.h>

namespace leat::views {
namespace {

void keep_first(std::optional<Obstacle>* first, CutId cut, CutId after, std::string reason) {
  if (cut <= after || (*first && (*first)->cut <= cut)) return;
  *first = Obstacle{cut, std::move(reason)};
}

std::string stopped(const std::string& topic, const std::string& reason) {
  return fmt::format("{} stopped: {}", topic, reason);
}

// The last cut that RETIRED is whole at is the one before.
CutId whole_until(const log::RetiredGeneration& retired) {
  return retired.stopped_reason ? retired.stopped_at : retired.until;
}

std::string columns_changed(const std::string& topic) {
  return fmt::format("the columns of {} have changed", topic);
}

}  // namespace

std::optional<Obstacle> first_obstacle(const log::LogState& state, const InputSchemas& inputs,
                                       CutId after, bool ready) {
  std::optional<Obstacle> first;
  for (const auto& [name, schema] : inputs) {
    const log::TopicState* topic = state.find(name);
    if (topic != nullptr && topic->stopped_reason) {
      keep_first(&first, topic->stopped_at, after, stopped(name, *topic->stopped_reason));
    }
    if (topic != nullptr && topic->current && topic->current->schema != schema) {
      keep_first(&first, topic->current->since, after, columns_changed(name));
    }
    for (const auto& retired : state.retired) {
      if (retired->topic != name) continue;
      if (ready && retired->stopped_reason) {
        keep_first(&first, retired->stopped_at, after, stopped(name, *retired->stopped_reason));
      }
      if (ready && retired->generation.schema != schema) {
        keep_first(&first, retired->generation.since, after, columns_changed(name));
      }
      if (topic == nullptr) keep_first(&first, retired->until, after, name + " was dropped");
    }
  }
  return first;
}

std::optional<std::string> missing_input(const log::LogState& state, const InputSchemas& inputs,
                                         CutId at) {
  for (const auto& [name, schema] : inputs) {
    auto reads = [&schema = schema, at](const log::GenerationState& generation) {
      return generation.schema == schema && generation.since <= at;
    };
    const log::TopicState* topic = state.find(name);
    bool there = topic != nullptr && topic->current && reads(*topic->current);
    for (const auto& retired : state.retired) {
      there = there ||
              (retired->topic == name && reads(retired->generation) && at < whole_until(*retired));
    }
    if (!there) return name;
  }
  return std::nullopt;
}

bool inputs_go_on(const log::LogState& state, const InputSchemas& inputs) {
  for (const auto& [name, schema] : inputs) {
    const log::TopicState* topic = state.find(name);
    if (topic == nullptr || topic->stopped_reason || !topic->current) return false;
  }
  return true;
}

}  // namespace leat::views

#include "log/edit_plan.h"

#include "log/batch.h"
#include "log/data_paths.h"
#include "log/topic_name.h"

namespace leat::log {
namespace {

Error refused(std::string_view topic, std::string_view why) {
  return Error::permanent("topic " + std::string(topic) + ": " + std::string(why));
}

Status check_records(std::string_view topic, const RecordBuffer& records) {
  if (records.bytes() <= kRecordBytesMax) return Ok{};
  bool too_large = false;
  records.for_each([&](const RecordView& record) {
    size_t size = record.key.size() + record.change_header.size();
    if (record.value) size += record.value->size();
    too_large = too_large || size > kRecordBytesMax;
  });
  if (!too_large) return Ok{};
  return refused(topic, "a record of more than " + std::to_string(kRecordBytesMax) +
                            " bytes does not fit a record batch");
}

}  // namespace

// What a unit's edits make of the plan.
struct EditPlan::Trial {
  const EditPlan& plan;
  Pending pending;

  const Topic* find(std::string_view name) const {
    auto pended = pending.topics_.find(name);
    if (pended != pending.topics_.end()) return pended->second ? &*pended->second : nullptr;
    auto at = plan.topics_.find(name);
    return at == plan.topics_.end() ? nullptr : &at->second;
  }
  const Generation* find(GenerationId id) const {
    auto pended = pending.generations_.find(id);
    if (pended != pending.generations_.end()) return pended->second ? &*pended->second : nullptr;
    auto at = plan.generations_.find(id);
    return at == plan.generations_.end() ? nullptr : &at->second;
  }
  // A copy to change; none where there is no such topic.
  Topic* edit(const std::string& name) {
    const Topic* now = find(name);
    if (now == nullptr) return nullptr;
    auto [at, fresh] = pending.topics_.try_emplace(name, *now);
    return &*at->second;
  }
  void close(const std::optional<GenerationId>& generation) {
    if (generation) pending.generations_[*generation] = std::nullopt;
  }
  static Status check(const std::string& topic, TopicKind kind, const TopicSettings& settings) {
    Status good = check_topic_settings(kind, settings);
    return good.ok() ? good : refused(topic, good.error().message());
  }

  Status operator()(const CreateTopic& edit_) {
    if (edit_.topic.empty() || topic_file_name(edit_.topic).size() > kTopicFileNameBytesMax) {
      return refused(edit_.topic, "its name must have 1 to " +
                                      std::to_string(kTopicFileNameBytesMax) +
                                      " bytes as a file's, where other characters than letters, "
                                      "digits, '.', '_' and '-' take several");
    }
    const Topic* now = find(edit_.topic);
    if (now != nullptr && now->kind != edit_.kind) {
      return refused(edit_.topic, "exists already as another kind of topic");
    }
    if (edit_.settings) LEAT_RETURN_IF_ERROR(check(edit_.topic, edit_.kind, *edit_.settings));
    if (now == nullptr) pending.topics_[edit_.topic] = Topic{edit_.kind, {}, {}, false};
    return Ok{};
  }
  Status operator()(const AlterTopic& edit_) {
    const Topic* topic = find(edit_.topic);
    if (topic == nullptr) return refused(edit_.topic, "does not exist, and cannot be altered");
    return check(edit_.topic, topic->kind, edit_.settings);
  }
  Status operator()(const BeginGeneration& edit_) {
    Topic* topic = edit(edit_.topic);
    if (topic == nullptr) return refused(edit_.topic, "does not exist: create it first");
    if (edit_.partition_count < 1 || edit_.partition_count > kPartitionsMax) {
      return refused(edit_.topic, "needs 1 to " + std::to_string(kPartitionsMax) +
                                      " partitions, not " + std::to_string(edit_.partition_count));
    }
    if (find(edit_.generation) != nullptr) return refused(edit_.topic, "the generation is in use");
    close(topic->filling);
    topic->filling = edit_.generation;
    pending.generations_[edit_.generation] = Generation{edit_.topic, edit_.partition_count};
    return Ok{};
  }
  Status operator()(const SwitchGeneration& edit_) {
    Topic* topic = edit(edit_.topic);
    if (topic == nullptr || topic->filling != edit_.generation) {
      return refused(edit_.topic, "cannot switch to generation " +
                                      std::to_string(edit_.generation.value()) +
                                      ": it is not filling");
    }
    close(topic->current);
    topic->current = topic->filling;
    topic->filling.reset();
    topic->stopped = false;
    return Ok{};
  }
  Status operator()(const StopTopic& edit_) {
    Topic* topic = edit(edit_.topic);
    if (topic == nullptr) return refused(edit_.topic, "does not exist, and cannot be stopped");
    topic->stopped = true;
    return Ok{};
  }
  Status operator()(const DropTopic& edit_) {
    Topic* topic = edit(edit_.topic);
    if (topic == nullptr) return refused(edit_.topic, "does not exist, and cannot be dropped");
    close(topic->current);
    close(topic->filling);
    pending.topics_[edit_.topic] = std::nullopt;
    return Ok{};
  }
};

EditPlan::EditPlan(const LogState& state) {
  for (const auto& topic : state.topics) {
    Topic planned{topic->kind, {}, {}, topic->stopped_reason.has_value()};
    for (const auto* generation : {&topic->current, &topic->filling}) {
      if (!*generation) continue;
      auto count = static_cast<int32_t>((*generation)->partitions.size());
      generations_[(*generation)->id] = Generation{topic->name, count};
    }
    if (topic->current) planned.current = topic->current->id;
    if (topic->filling) planned.filling = topic->filling->id;
    topics_[topic->name] = planned;
  }
}

Status EditPlan::add(const CommitUnit& unit) {
  Pending pending;
  LEAT_RETURN_IF_ERROR(add_part(unit, &pending));
  take(std::move(pending));
  return Ok{};
}

Status EditPlan::add_part(const CommitUnit& part, Pending* pending) const {
  Trial trial{*this, *pending};
  for (const TopicEdit& edit : part.edits) LEAT_RETURN_IF_ERROR(std::visit(trial, edit));
  for (const PartitionAppend& append : part.appends) {
    LEAT_RETURN_IF_ERROR(check_append(trial, append));
  }
  *pending = std::move(trial.pending);
  return Ok{};
}

Status EditPlan::check_append(const Trial& trial, const PartitionAppend& append) {
  PartitionId id = append.partition;
  const Generation* generation = trial.find(id.generation);
  if (generation == nullptr) {
    return Error::permanent("generation " + std::to_string(id.generation.value()) +
                            " takes no records: it is not open in any topic");
  }
  if (id.index.value() < 0 || id.index.value() >= generation->partition_count) {
    return refused(generation->topic, "has no partition " + std::to_string(id.index.value()));
  }
  const Topic* topic = trial.find(generation->topic);
  if (topic != nullptr && topic->stopped && topic->current == id.generation) {
    return refused(generation->topic, "is stopped: it takes records only after a new generation");
  }
  return check_records(generation->topic, append.records);
}

void EditPlan::take(Pending&& pending) {
  for (auto& [name, topic] : pending.topics_) {
    if (topic) topics_[name] = *topic;
    if (!topic) topics_.erase(name);
  }
  for (auto& [id, generation] : pending.generations_) {
    if (generation) generations_[id] = *generation;
    if (!generation) generations_.erase(id);
  }
}

}  // namespace leat::log

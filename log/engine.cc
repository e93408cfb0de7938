#include "log/engine.h"

namespace leat::log {
namespace {

void add_generation(const Engine& engine, const std::string& topic,
                    const GenerationState& generation, Checkpoint* checkpoint) {
  for (size_t i = 0; i < generation.partitions.size(); ++i) {
    PartitionId id{generation.id, PartitionIndex(static_cast<int32_t>(i))};
    auto partition = engine.partitions.find(id);
    LEAT_CHECK(partition != nullptr);
    checkpoint->partitions.push_back(
        {id, topic, partition->segments(), partition->end(), partition->damage()});
  }
}

}  // namespace

Engine::Engine(LocalLogOptions given)
    : options(std::move(given)),
      paths(options.dir),
      segments(options.fs, paths, options.open_files_max),
      journals(options.fs, paths, options.journal_bytes) {}

void add_partitions(const BeginGeneration& edit, PartitionTable* partitions) {
  for (int32_t i = 0; i < edit.partition_count; ++i) {
    partitions->add({edit.generation, PartitionIndex(i)}, edit.topic);
  }
}

void remove_partitions(const GenerationState& generation, PartitionTable* partitions) {
  for (size_t i = 0; i < generation.partitions.size(); ++i) {
    partitions->remove({generation.id, PartitionIndex(static_cast<int32_t>(i))});
  }
}

Checkpoint make_checkpoint(const Engine& engine, std::shared_ptr<const LogState> state,
                           JournalId journal) {
  Checkpoint checkpoint;
  checkpoint.journal = journal;
  checkpoint.generations_reserved = engine.generation_ids.reserved();
  for (const auto& topic : state->topics) {
    if (topic->current) add_generation(engine, topic->name, *topic->current, &checkpoint);
    if (topic->filling) add_generation(engine, topic->name, *topic->filling, &checkpoint);
  }
  for (const auto& retired : state->retired) {
    add_generation(engine, retired->topic, retired->generation, &checkpoint);
  }
  checkpoint.schemas = engine.schemas.stored();
  checkpoint.reader_floors = engine.reader_floors.registered();
  checkpoint.state = std::move(state);
  return checkpoint;
}

}  // namespace leat::log

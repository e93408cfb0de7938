// The parts of an open local log that its threads share. Recovery fills it; the committer drives
// it.
#pragma once

#include <memory>

#include "log/checkpoint.h"
#include "log/commit_queue.h"
#include "log/data_paths.h"
#include "log/generation_ids.h"
#include "log/journal.h"
#include "log/journal_files.h"
#include "log/local_log.h"
#include "log/partition.h"
#include "log/publisher.h"
#include "log/reader_floors.h"
#include "log/replacement_queue.h"
#include "log/schema_registry.h"
#include "log/segment_store.h"
#include "log/sync_histogram.h"

namespace leat::log {

inline constexpr std::string_view kSchemasTopic = "leat.schemas";

struct Engine {
  explicit Engine(LocalLogOptions given);

  const LocalLogOptions options;
  const DataPaths paths;
  SegmentStore segments;
  JournalFiles journals;
  PartitionTable partitions;
  SchemaRegistry schemas;
  GenerationIds generation_ids;
  ReaderFloors reader_floors;
  ReplacementQueue replacements;
  SyncHistogram syncs;
  std::unique_ptr<File> lock;
};

// Makes a partition for each of a new generation.
void add_partitions(const BeginGeneration& edit, PartitionTable* partitions);
void remove_partitions(const GenerationState& generation, PartitionTable* partitions);

// Everything that a checkpoint of STATE says; the cuts after it are in JOURNAL and the files behind
// it.
Checkpoint make_checkpoint(const Engine& engine, std::shared_ptr<const LogState> state,
                           JournalId journal);

}  // namespace leat::log

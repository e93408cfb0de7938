// The checkpoint: the whole state of the log as of one cut, in one file that is replaced at once.
// What it names is durable: it is the floor under which nothing is ever a torn tail.
//
//   file = "LEATCKP1", size u64 of the payload, payload, CRC-32C u32 of all before it
//   (little-endian)
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "log/base/fs.h"
#include "log/base/ids.h"
#include "log/base/status.h"
#include "log/change_log.h"
#include "log/cut_record.h"
#include "log/data_paths.h"
#include "log/journal.h"
#include "log/partition.h"

namespace leat::log {

struct PartitionSegments {
  PartitionId partition;
  std::string topic;
  std::vector<SegmentState> segments;
  Offset end;
  std::string damage;
};

struct Checkpoint {
  JournalId journal;  // the first file to read for the cuts after this one
  GenerationId generations_reserved;
  std::shared_ptr<const LogState> state;
  std::vector<PartitionSegments> partitions;  // of every generation in state
  std::vector<StoredSchema> schemas;
  std::map<std::string, CutId, std::less<>> reader_floors;
};

std::string encode_checkpoint(const Checkpoint& checkpoint);
Result<Checkpoint> decode_checkpoint(std::string_view bytes);

// Replaces the checkpoint file, durably. After a failed sync the log must end: `sync_failed` says
// so.
struct WriteOutcome {
  Status status;
  bool sync_failed = false;
};
WriteOutcome write_checkpoint(Fs& fs, const DataPaths& paths, std::string_view encoded);
Result<Checkpoint> read_checkpoint(Fs& fs, const DataPaths& paths);

}  // namespace leat::log

// What the log's files hold, as lines of text.
#pragma once

#include <cstdint>
#include <string>

#include "log/batch.h"
#include "log/checkpoint.h"
#include "log/cut_record.h"
#include "log/partition.h"

namespace leat::log {

// POSITION in the segment. Each ends in a newline.
std::string batch_line(uint64_t position, const BatchView& batch);
std::string record_line(const RecordView& record);
std::string partition_line(const Partition& partition, const PartitionState& state);
// BYTE: where the record begins in the journal file.
std::string cut_lines(uint64_t byte, const CutRecord& record);
std::string checkpoint_lines(const Checkpoint& checkpoint);

}  // namespace leat::log

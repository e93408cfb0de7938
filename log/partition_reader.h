// PartitionReader over a cursor.
#pragma once

#include <memory>
#include <vector>

#include "log/change_log.h"
#include "log/partition_cursor.h"
#include "log/publisher.h"

namespace leat::log {

class LocalPartitionReader final : public PartitionReader {
 public:
  LocalPartitionReader(std::shared_ptr<Partition> partition, SegmentStore& segments,
                       const Publisher& publisher, Offset from)
      : cursor_(std::move(partition), segments, from), publisher_(publisher) {}

  Result<std::vector<RecordView>> next(size_t bytes_max) override;

 private:
  PartitionCursor cursor_;
  const Publisher& publisher_;
  std::vector<Block> held_;  // what the last call's records point into
};

}  // namespace leat::log

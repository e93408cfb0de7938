#include "cdc/snapshot_batch.h"

#include "log/base/clock.h"
#include "log/base/hash.h"
#include "log/model/change.h"

namespace leat::cdc {
namespace {

constexpr size_t kBatchBytes = 1 << 20;

}  // namespace

SnapshotStamp SnapshotStamp::make(std::string_view commit_position) {
  ChangeHeader header;
  header.commit_time_us = Clock::system().unix_us();
  header.commit_position = commit_position;
  SnapshotStamp out;
  append_change_header(header, &out.change_header);
  out.timestamp_ms = header.commit_time_us / 1000;
  return out;
}

SnapshotBatcher::SnapshotBatcher(TableIndex index, const CapturedTable* table,
                                 const SnapshotStamp* stamp, SnapshotQueue* queue)
    : index_(index), table_(table), stamp_(stamp), queue_(queue) {
  begin_batch();
}

Status SnapshotBatcher::add(std::string_view key, std::string_view row) {
  value_.clear();
  append_change_value({table_->schema_id, row}, &value_);
  auto partition = static_cast<size_t>(kafka_partition_of(key, table_->partition_count));
  batch_.partitions[partition].add(stamp_->timestamp_ms, key, value_, stamp_->change_header);
  bytes_ += key.size() + value_.size() + stamp_->change_header.size();
  ++batch_.row_count;
  return bytes_ < kBatchBytes ? Ok() : hand_over();
}

Status SnapshotBatcher::end_task(std::optional<Error> error) {
  batch_.error = std::move(error);
  batch_.ends_task = true;
  return hand_over();
}

Status SnapshotBatcher::hand_over() {
  bool taken = queue_->push(std::move(batch_));
  begin_batch();
  return taken ? Status() : Error::transient("the snapshot was given up");
}

void SnapshotBatcher::begin_batch() {
  batch_ = {};
  batch_.table = index_;
  batch_.partitions.resize(static_cast<size_t>(table_->partition_count));
  bytes_ = 0;
}

}  // namespace leat::cdc

#include "compaction/segment_scan.h"

#include <algorithm>

namespace leat::compaction {

SegmentScan::SegmentScan(log::SegmentAccess& access, PartitionId partition, Pace& pace,
                         Progress& progress)
    : access_(access), partition_(partition), pace_(pace), progress_(progress) {}

Status SegmentScan::run(const log::SegmentState& segment, const Visit& visit) {
  LEAT_ASSIGN_OR_RETURN(auto file, access_.open(partition_, segment.name()));
  rest_ = {};
  position_ = 0;
  expected_ = segment.base;
  while (position_ < segment.bytes) {
    auto batch = next(*file, segment);
    Status given = batch.ok() ? visit({*batch, records_}) : Status(batch.error());
    if (!given.ok()) {
      Error why = given.error().in(log::segment_file_name(segment.name()) + ", byte " +
                                   std::to_string(position_));
      if (!batch.ok() && !why.is_transient()) access_.note_damage(partition_, why.message());
      return why;
    }
    rest_.remove_prefix(batch->bytes.size());
    position_ += batch->bytes.size();
    progress_.bytes_done += batch->bytes.size();
  }
  return Ok{};
}

Result<log::BatchView> SegmentScan::next(const File& file, const log::SegmentState& segment) {
  LEAT_RETURN_IF_ERROR(fill(file, segment, log::kBatchHeaderBytes));
  LEAT_ASSIGN_OR_RETURN(uint64_t size, log::batch_size(rest_));
  LEAT_RETURN_IF_ERROR(fill(file, segment, size));
  LEAT_ASSIGN_OR_RETURN(log::BatchView batch, log::parse_batch(rest_.substr(0, size)));
  if (batch.base != expected_ || batch.end > segment.end) {
    return Error::permanent("a record batch begins with offset " +
                            std::to_string(batch.base.value()) + " instead of " +
                            std::to_string(expected_.value()));
  }
  records_.clear();
  LEAT_RETURN_IF_ERROR(log::append_records(batch, batch.base, &records_));
  expected_ = batch.end;
  return batch;
}

// Makes at least BYTES_WANTED bytes stand in rest_.
Status SegmentScan::fill(const File& file, const log::SegmentState& segment, size_t bytes_wanted) {
  if (rest_.size() >= bytes_wanted) return Ok{};
  uint64_t left = segment.bytes - position_;
  if (bytes_wanted > left) {
    return Error::permanent("a record batch reaches beyond the committed end");
  }
  size_t size = std::min<uint64_t>(std::max(bytes_wanted, kReadBytes), left);
  if (buffer_.size() < size) buffer_.resize(size);
  LEAT_RETURN_IF_ERROR(pace_.spend(size));
  LEAT_ASSIGN_OR_RETURN(size_t got, file.read_at(position_, buffer_.data(), size));
  bytes_read_ += got;
  rest_ = std::string_view(buffer_).substr(0, got);
  if (got >= bytes_wanted) return Ok{};
  return Error::permanent("the file is shorter than what was committed");
}

}  // namespace leat::compaction

#include "compaction/segment_writer.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "log/model/change.h"

namespace leat::compaction {

Result<std::unique_ptr<SegmentWriter>> SegmentWriter::open(log::SegmentAccess& access,
                                                           PartitionId partition, Pace& pace,
                                                           const SegmentWriterOptions& options) {
  LEAT_ASSIGN_OR_RETURN(uint32_t revision, access.next_revision(partition));
  return std::unique_ptr<SegmentWriter>(
      new SegmentWriter(access, partition, pace, options, revision));
}

SegmentWriter::SegmentWriter(log::SegmentAccess& access, PartitionId partition, Pace& pace,
                             const SegmentWriterOptions& options, uint32_t revision)
    : access_(access),
      partition_(partition),
      pace_(pace),
      options_(options),
      revision_(revision),
      batch_(&buffer_) {}

SegmentWriter::~SegmentWriter() {
  file_.reset();
  Status discarded = access_.discard(partition_, written_);
  if (discarded.ok()) return;
  // They are removed when the log is opened the next time.
  spdlog::warn("compaction: files that are not needed stay: {}", discarded.error().message());
}

Status SegmentWriter::add(const log::RecordView& record, CutId cut, int64_t delete_horizon_ms) {
  log::RecordView stripped = record;
  LEAT_RETURN_IF_ERROR(strip_before(record, &stripped));
  if (batch_.is_open() && !fits_batch(stripped, delete_horizon_ms)) {
    LEAT_RETURN_IF_ERROR(end_batch());
  }
  if (!batch_.is_open()) LEAT_RETURN_IF_ERROR(begin_batch(stripped, cut, delete_horizon_ms));
  batch_.add_at(stripped, static_cast<int32_t>(record.offset.since(batch_base_)));
  batch_cut_ = cut;
  batch_end_ = record.offset.next();
  batch_timestamp_ms_max_ = std::max(batch_timestamp_ms_max_, record.timestamp_ms);
  return Ok{};
}

// Who reads a key for the first time has no row before it.
Status SegmentWriter::strip_before(const log::RecordView& record, log::RecordView* out) {
  if (record.change_header.empty()) return Ok{};
  LEAT_ASSIGN_OR_RETURN(ChangeHeader header, decode_change_header(record.change_header));
  if (!header.before) return Ok{};
  header.before.reset();
  header_.clear();
  append_change_header(header, &header_);
  out->change_header = header_;
  return Ok{};
}

bool SegmentWriter::fits_batch(const log::RecordView& record, int64_t delete_horizon_ms) const {
  if (record.offset.since(batch_base_) >= kOffsetSpanMax) return false;
  if (!record.value && batch_delete_horizon_ms_ != delete_horizon_ms) return false;
  uint64_t segment_bytes = segment_.bytes + buffer_.size() - batch_start_;
  return segment_bytes < options_.segment_bytes_max && batch_.fits(record);
}

Status SegmentWriter::begin_batch(const log::RecordView& record, CutId cut,
                                  int64_t delete_horizon_ms) {
  bool spans_too_far = file_ && record.offset.since(segment_.base) >= kOffsetSpanMax;
  if (spans_too_far) LEAT_RETURN_IF_ERROR(end_segment());
  if (!file_) LEAT_RETURN_IF_ERROR(begin_segment(record.offset));
  batch_base_ = segment_.end;
  batch_start_ = buffer_.size();
  batch_timestamp_ms_max_ = record.timestamp_ms;
  batch_delete_horizon_ms_.reset();
  if (!record.value) batch_delete_horizon_ms_ = delete_horizon_ms;
  batch_.begin(batch_base_, cut, batch_delete_horizon_ms_);
  return Ok{};
}

Status SegmentWriter::end_batch() {
  batch_.raise_cut(batch_cut_);
  size_t size = batch_.finish(options_.codec);
  if (segment_.bytes == 0) segment_.timestamp_ms_first = batch_timestamp_ms_max_;
  segment_.bytes += size;
  segment_.end = batch_end_;
  segment_.cut_max = batch_cut_;
  segment_.timestamp_ms_max = std::max(segment_.timestamp_ms_max, batch_timestamp_ms_max_);
  if (batch_delete_horizon_ms_) {
    segment_.delete_horizon_ms = std::min(segment_.delete_horizon_ms, *batch_delete_horizon_ms_);
  }
  if (buffer_.size() >= kWriteBytes) LEAT_RETURN_IF_ERROR(write_out());
  return segment_.bytes >= options_.segment_bytes_max ? end_segment() : Status();
}

Status SegmentWriter::begin_segment(Offset base) {
  segment_ = {.base = base,
              .revision = revision_,
              .end = base,
              .bytes = 0,
              .timestamp_ms_first = 0,
              .timestamp_ms_max = INT64_MIN,
              .cut_max = CutId(0),
              .delete_horizon_ms = log::kNoDeleteHorizon};
  written_.push_back(segment_.name());
  LEAT_ASSIGN_OR_RETURN(file_, access_.create(partition_, segment_.name()));
  return Ok{};
}

Status SegmentWriter::end_segment() {
  LEAT_RETURN_IF_ERROR(write_out());
  LEAT_RETURN_IF_ERROR(access_.sync_new(*file_));
  file_.reset();
  complete_.push_back(segment_);
  return Ok{};
}

Status SegmentWriter::write_out() {
  LEAT_RETURN_IF_ERROR(pace_.spend(buffer_.size()));
  LEAT_RETURN_IF_ERROR(file_->write_at(segment_.bytes - buffer_.size(), buffer_));
  bytes_ += buffer_.size();
  buffer_.clear();
  return Ok{};
}

Result<std::vector<log::SegmentState>> SegmentWriter::finish() {
  if (batch_.is_open()) LEAT_RETURN_IF_ERROR(end_batch());
  if (file_) LEAT_RETURN_IF_ERROR(end_segment());
  return complete_;
}

}  // namespace leat::compaction

#include "log/cut_encoder.h"

#include <algorithm>
#include <iterator>

#include "log/base/hash.h"

namespace leat::log {
namespace {

// By the records' own times, as Kafka does it. They may be anything.
bool is_older(int64_t now_ms, int64_t then_ms, int64_t age_ms_max) {
  if (now_ms <= then_ms) return false;
  return static_cast<uint64_t>(now_ms) - static_cast<uint64_t>(then_ms) >
         static_cast<uint64_t>(age_ms_max);
}

}  // namespace

Status CutEncoder::encode(const Partition& partition, const TopicSettings& settings,
                          std::span<const RecordBuffer* const> buffers) {
  codec_ = settings.codec;
  segment_bytes_ = std::min(segment_bytes_max_, settings.segment_bytes_max);
  start_partition(partition, settings.segment_age_ms_max, buffers.front()->timestamp_ms_first());
  for (const RecordBuffer* buffer : buffers) {
    buffer->for_each([this](const RecordView& record) { add(record); });
    LEAT_RETURN_IF_ERROR(status_);
  }
  if (batch_.is_open()) finish_batch();
  if (!write_) {
    end_piece();
    return status_;
  }
  hand_on();
  if (piece_.size > 0) open_[partition.id()] = piece_;
  return status_;
}

void CutEncoder::finish() {
  for (const auto& [partition, piece] : open_) pieces_.push_back(piece);
  open_.clear();
}

std::vector<Piece> CutEncoder::forget(GenerationId generation) {
  auto is_of = [&](const Piece& piece) { return piece.partition.generation == generation; };
  std::vector<Piece> forgotten;
  std::copy_if(pieces_.begin(), pieces_.end(), std::back_inserter(forgotten), is_of);
  std::erase_if(pieces_, is_of);
  for (const auto& [partition, piece] : open_) {
    if (is_of(piece)) forgotten.push_back(piece);
  }
  std::erase_if(open_, [&](const auto& entry) { return is_of(entry.second); });
  return forgotten;
}

void CutEncoder::start_partition(const Partition& partition, int64_t age_ms_max,
                                 int64_t timestamp_ms) {
  partition_ = &partition;
  auto open = open_.find(partition.id());
  if (open != open_.end()) {
    piece_ = open->second;
    end_ = piece_.end;
    unwritten_from_ = body_.size();
    return;
  }
  end_ = partition.end();
  auto active = partition.active();
  bool is_open = active && active->bytes < segment_bytes_ &&
                 !is_older(timestamp_ms, active->timestamp_ms_first, age_ms_max);
  is_open ? start_piece(active->base, active->bytes) : start_piece(end_, 0);
}

void CutEncoder::start_piece(Offset segment_base, uint64_t position) {
  piece_ = Piece{.partition = partition_->id(),
                 .segment_base = segment_base,
                 .position = position,
                 .size = 0,
                 .crc = 0,
                 .end = end_,
                 .timestamp_ms_max = INT64_MIN,
                 .is_inline = !write_};
  unwritten_from_ = body_.size();
}

void CutEncoder::add(const RecordView& record) {
  if (batch_.is_open() && !batch_.fits(record)) finish_batch();
  if (!batch_.is_open()) {
    batch_start_ = body_.size();
    batch_timestamp_ms_max_ = record.timestamp_ms;
    batch_.begin(end_, cut_);
  }
  batch_.add(record);
  batch_timestamp_ms_max_ = std::max(batch_timestamp_ms_max_, record.timestamp_ms);
}

void CutEncoder::finish_batch() {
  Offset base = end_;
  size_t size = batch_.finish(codec_);
  uint64_t position = piece_.position + piece_.size;
  if (position > 0 && position + size > segment_bytes_) {
    std::string batch = body_.substr(batch_start_);
    body_.resize(batch_start_);
    end_piece();
    start_piece(base, 0);
    body_ += batch;
  }
  piece_.crc = crc32c_extend(piece_.crc, std::string_view(body_).substr(body_.size() - size));
  piece_.size += size;
  piece_.timestamp_ms_max = std::max(piece_.timestamp_ms_max, batch_timestamp_ms_max_);
  end_ = base.plus(batch_.count());
  piece_.end = end_;
  if (write_ && body_.size() >= kWriteBytes) hand_on();
}

void CutEncoder::end_piece() {
  if (piece_.size == 0) return;
  if (write_) hand_on();
  pieces_.push_back(piece_);
  piece_.size = 0;
}

void CutEncoder::hand_on() {
  std::string_view bytes = std::string_view(body_).substr(unwritten_from_);
  uint64_t position = piece_.position + piece_.size - bytes.size();
  if (status_.ok() && !bytes.empty()) {
    status_ = write_(*partition_, piece_.segment_base, position, bytes);
  }
  body_.clear();
  unwritten_from_ = 0;
}

}  // namespace leat::log

// Turns the records of one cut into batches and pieces. A small cut's bytes stay in body(), for the
// journal; a large one's go to the segments as they are made, and its records may come in parts:
//
//   parts     1: orders-0, orders-1     2: orders-0     3: orders-0 (the segment is full)   finish
//   pieces    ├─ orders-0, segment 0 ─────────────────────────────┤├─ orders-0, segment 9 ─┤
//             ├─ orders-1, segment 0 ────────────────────────────────────────────────────┤
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "log/base/status.h"
#include "log/batch.h"
#include "log/partition.h"
#include "log/record.h"
#include "log/topic_settings.h"

namespace leat::log {

class CutEncoder {
 public:
  // Takes bytes of a piece that stand at POSITION of the segment.
  using Write = std::function<Status(const Partition&, Offset segment_base, uint64_t position,
                                     std::string_view bytes)>;

  // WRITE empty: a small cut.
  CutEncoder(CutId cut, uint64_t segment_bytes_max, Write write)
      : cut_(cut),
        segment_bytes_max_(segment_bytes_max),
        write_(std::move(write)),
        batch_(&body_) {}

  // Records that the cut has for PARTITION, behind those of earlier calls, by its topic's SETTINGS;
  // of a small cut all of them at once. No buffer is empty.
  Status encode(const Partition& partition, const TopicSettings& settings,
                std::span<const RecordBuffer* const> buffers);
  // No more records come.
  void finish();
  // Forgets what it encoded for a generation; gives the pieces that take_pieces() did not.
  std::vector<Piece> forget(GenerationId generation);

  // The pieces that nothing will be added to any more, of those not yet taken; a partition's are in
  // order.
  std::vector<Piece> take_pieces() { return std::exchange(pieces_, {}); }
  // The inline pieces' bytes, in the pieces' order.
  const std::string& body() const { return body_; }

 private:
  // A large cut's bytes are handed on when there are so many.
  static constexpr size_t kWriteBytes = 4 << 20;

  void start_partition(const Partition& partition, int64_t age_ms_max, int64_t timestamp_ms);
  void add(const RecordView& record);
  void finish_batch();
  void start_piece(Offset segment_base, uint64_t position);
  void end_piece();
  void hand_on();

  const CutId cut_;
  const uint64_t segment_bytes_max_;
  const Write write_;
  std::string body_;
  BatchWriter batch_;
  std::vector<Piece> pieces_;
  std::map<PartitionId, Piece> open_;  // of a large cut: more may follow

  const Partition* partition_ = nullptr;
  BatchCodec codec_ = BatchCodec::none;
  uint64_t segment_bytes_ = 0;  // that the partition's segments may grow to
  Piece piece_;                 // being made; of size 0 before its first batch
  Offset end_;                  // of the partition so far
  size_t batch_start_ = 0;      // in body_
  size_t unwritten_from_ = 0;   // in body_: where the piece's bytes that were not handed on begin
  int64_t batch_timestamp_ms_max_ = 0;
  Status status_;  // of the first write that failed
};

}  // namespace leat::log

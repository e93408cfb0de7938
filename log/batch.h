// Kafka's RecordBatch v2, written and read (kafka.apache.org/documentation/#recordbatch):
//
//    0 base offset i64     21 attributes i16         43 producer id i64     (-1)
//    8 length i32          23 last offset delta i32  51 producer epoch i16  (-1)
//   12 leader epoch i32    27 base timestamp i64     53 base sequence i32   (-1)
//   16 magic i8 (2)        35 max timestamp i64      57 record count i32
//   17 crc u32: CRC-32C of everything from 21 on     61 records
//
//   record = length, attributes i8, timestamp delta, offset delta, key, value, headers
//
// All fixed fields are big-endian, all lengths and deltas zig-zag varints. The attributes hold the
// codec of the records, which are then one frame of it (compression.h), and perhaps bit 6 (KIP-534:
// the base timestamp is the delete horizon, from which on the batch's tombstones may go). No
// producer, no transaction, so every Kafka client reads them as plain data. A batch of Leat's spans
// one cut, or of a compacted segment several; its first record says which, or the highest, in the
// header "cut" (8 bytes, big-endian).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/ids.h"
#include "log/base/status.h"
#include "log/compression.h"
#include "log/record.h"

namespace leat::log {

inline constexpr size_t kBatchHeaderBytes = 61;
// A batch ends before it grows past this; a larger record gets a batch of its own.
inline constexpr size_t kBatchBytesMax = 1 << 20;
// The format's length field is 32 bits; half of it leaves room for what surrounds the record.
inline constexpr size_t kRecordBytesMax = 1 << 30;
// What the records of a batch may unpack to.
inline constexpr uint64_t kUnpackedBytesMax = kRecordBytesMax + kBatchBytesMax;

// Writes batches one after the other to the end of a string.
class BatchWriter {
 public:
  explicit BatchWriter(std::string* out) : out_(out) {}

  // Starts a batch; its records get the offsets BASE, BASE + 1 ...
  void begin(Offset base, CutId cut, std::optional<int64_t> delete_horizon_ms = {});
  bool is_open() const { return open_; }
  // Whether RECORD still belongs into the open batch.
  bool fits(const RecordView& record) const;
  // RECORD's own offset is ignored.
  void add(const RecordView& record) { add_at(record, count_); }
  // The same, with the offset BASE + OFFSET_DELTA; deltas rise.
  void add_at(const RecordView& record, int32_t offset_delta);
  // The batch holds something of CUT, too. It is not empty.
  void raise_cut(CutId cut);
  // Completes the batch, its records compressed where that makes it smaller. Returns its size.
  size_t finish(BatchCodec codec);

  int32_t count() const { return count_; }

 private:
  BatchCodec compress_records(BatchCodec wanted);

  std::string* out_;
  std::string frame_;  // kept for its room
  bool open_ = false;
  size_t start_ = 0;
  int32_t count_ = 0;
  CutId cut_;
  size_t cut_at_ = 0;  // in out_
  int32_t last_offset_delta_ = 0;
  std::optional<int64_t> delete_horizon_ms_;
  int64_t timestamp_base_ = 0;
  int64_t timestamp_max_ = 0;
};

// A whole batch in memory, checked: its records parse by for_each_record.
struct BatchView {
  Offset base;
  Offset end;  // one past the last offset
  CutId cut;   // the highest, where it holds several
  int64_t timestamp_base_ms = 0;
  int64_t timestamp_max_ms = 0;
  int32_t count = 0;
  BatchCodec codec = BatchCodec::none;
  std::optional<int64_t> delete_horizon_ms;
  std::string_view bytes;    // of the whole batch, as stored
  std::string_view records;  // plain: in `bytes`, or in `unpacked`
  Block unpacked;            // null where the records were not compressed

  // What the batch takes in memory.
  size_t plain_bytes() const { return kBatchHeaderBytes + records.size(); }
};

// The size of the batch that BYTES begin with, at least kBatchHeaderBytes of them.
Result<uint64_t> batch_size(std::string_view bytes);

// Checks the header, the CRC and the first record's cut, and unpacks the records. BATCH are exactly
// its bytes, from a disk: what is not as above is a permanent error that says what (the caller adds
// where).
Result<BatchView> parse_batch(std::string_view batch);

// Appends the records of BATCH at or after FROM to OUT; they point into batch.records.
Status append_records(const BatchView& batch, Offset from, std::vector<RecordView>* out);

}  // namespace leat::log

#include "log/batch.h"

#include <algorithm>
#include <bit>

#include "log/base/bytes.h"
#include "log/base/hash.h"
#include "log/model/change.h"

namespace leat::log {
namespace {

constexpr std::string_view kCutHeaderName = "cut";
constexpr size_t kCutHeaderBytes = 1 + 3 + 1 + 8;  // name length, name, value length, value
constexpr size_t kLengthAt = 8;
constexpr size_t kMagicAt = 16;
constexpr size_t kCrcAt = 17;
constexpr size_t kAttributesAt = 21;
// Of the attributes.
constexpr int16_t kCodecMask = 7;
constexpr int16_t kDeleteHorizonBit = 1 << 6;
constexpr char kMagic = 2;
// Far from the end of int64, so that a batch's end cannot overflow.
constexpr int64_t kOffsetMax = int64_t{1} << 62;
// The length field counts from itself on.
constexpr size_t kBeforeLength = 12;

size_t zigzag_size(int64_t value) {
  return (static_cast<size_t>(std::bit_width(zigzag(value) | 1)) + 6) / 7;
}
size_t sized_size(size_t size) {
  return zigzag_size(static_cast<int64_t>(size)) + size;
}

void append_sized_zigzag(std::string* out, std::string_view bytes) {
  append_zigzag(out, static_cast<int64_t>(bytes.size()));
  out->append(bytes);
}

size_t record_body_size(const RecordView& record, int64_t timestamp_delta, int32_t offset_delta,
                        bool is_first) {
  size_t size = 1 + zigzag_size(timestamp_delta) + zigzag_size(offset_delta);
  size += sized_size(record.key.size());
  size += record.value ? sized_size(record.value->size()) : 1;
  size += 1;  // the number of headers
  if (is_first) size += kCutHeaderBytes;
  if (!record.change_header.empty()) {
    size += sized_size(kChangeHeaderName.size()) + sized_size(record.change_header.size());
  }
  return size;
}

Error damaged(std::string_view what) {
  return Error::permanent("a record batch is damaged: " + std::string(what));
}

std::string_view read_sized_zigzag(ByteReader& in) {
  int64_t size = in.zigzag_varint();
  if (size < 0) in.fail();
  return in.bytes(static_cast<uint64_t>(size));
}

// Key or value: a length of -1 is "none".
std::optional<std::string_view> read_nullable(ByteReader& in) {
  int64_t size = in.zigzag_varint();
  if (size == -1) return std::nullopt;
  if (size < 0) in.fail();
  return in.bytes(static_cast<uint64_t>(size));
}

struct Headers {
  std::string_view change;
  std::optional<CutId> cut;
};

Headers read_headers(ByteReader& in) {
  Headers headers;
  int64_t count = in.zigzag_varint();
  for (int64_t i = 0; i < count && in.ok(); ++i) {
    std::string_view name = read_sized_zigzag(in);
    std::string_view value = read_nullable(in).value_or(std::string_view());
    if (name == kChangeHeaderName) headers.change = value;
    if (name == kCutHeaderName && value.size() == 8)
      headers.cut = CutId(load_be<uint64_t>(value.data()));
  }
  return headers;
}

Result<BatchCodec> codec_of(int attributes) {
  for (BatchCodec each : {BatchCodec::none, BatchCodec::lz4, BatchCodec::zstd}) {
    if (attributes == static_cast<int>(each)) return each;
  }
  bool is_codec = (attributes & ~kCodecMask) == 0;
  return damaged((is_codec ? "codec " : "attributes ") + std::to_string(attributes) +
                 ", which Leat does not write");
}

// All but the records, which are checked as a whole by the CRC.
Result<BatchView> parse_header(std::string_view batch) {
  ByteReader in(batch);
  BatchView view;
  view.bytes = batch;
  view.base = Offset(in.be<int64_t>());
  in.be<int32_t>();  // length: how the caller found the batch's end
  in.be<int32_t>();  // leader epoch
  uint8_t magic = in.u8();
  auto crc = in.be<uint32_t>();
  auto attributes = in.be<int16_t>();
  auto last_offset_delta = in.be<int32_t>();
  view.timestamp_base_ms = in.be<int64_t>();
  view.timestamp_max_ms = in.be<int64_t>();
  in.bytes(8 + 2 + 4);  // producer
  view.count = in.be<int32_t>();
  view.records = in.rest();
  if (!in.ok()) return damaged("it is cut short");
  if (magic != kMagic) {
    return Error::permanent("a record batch is of the unknown format version " +
                            std::to_string(magic) +
                            " (or damaged: Leat knows 2); read it with the Leat that wrote it");
  }
  if (crc != crc32c(batch.substr(kAttributesAt))) return damaged("its checksum does not match");
  if ((attributes & kDeleteHorizonBit) != 0) view.delete_horizon_ms = view.timestamp_base_ms;
  LEAT_ASSIGN_OR_RETURN(view.codec, codec_of(attributes & ~kDeleteHorizonBit));
  bool base_is_sane = view.base >= Offset(0) && view.base < Offset(kOffsetMax);
  if (view.count <= 0 || last_offset_delta < view.count - 1 || !base_is_sane) {
    return damaged("its counts contradict each other");
  }
  view.end = view.base.plus(int64_t{last_offset_delta} + 1);
  return view;
}

// What a disk says may be anything; the sum is checked where it matters.
int64_t wrapping_add(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

int64_t wrapping_sub(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}

// Reads the next record of BATCH; its headers go to HEADERS.
RecordView read_record(const BatchView& batch, ByteReader& in, Headers* headers) {
  ByteReader body(read_sized_zigzag(in));
  RecordView record;
  body.u8();  // attributes: unused
  record.timestamp_ms = wrapping_add(batch.timestamp_base_ms, body.zigzag_varint());
  record.offset = Offset(wrapping_add(batch.base.value(), body.zigzag_varint()));
  record.key = read_nullable(body).value_or(std::string_view());
  record.value = read_nullable(body);
  *headers = read_headers(body);
  record.change_header = headers->change;
  if (!body.done()) in.fail();
  return record;
}

}  // namespace

void BatchWriter::begin(Offset base, CutId cut, std::optional<int64_t> delete_horizon_ms) {
  open_ = true;
  start_ = out_->size();
  count_ = 0;
  cut_ = cut;
  delete_horizon_ms_ = delete_horizon_ms;
  append_be(out_, base.value());
  out_->append(kBatchHeaderBytes - sizeof(int64_t), '\0');
}

bool BatchWriter::fits(const RecordView& record) const {
  size_t size = record.key.size() + record.change_header.size();
  if (record.value) size += record.value->size();
  return out_->size() - start_ + size <= kBatchBytesMax;
}

void BatchWriter::add_at(const RecordView& record, int32_t offset_delta) {
  bool is_first = count_ == 0;
  if (is_first) timestamp_max_ = record.timestamp_ms;
  if (is_first) timestamp_base_ = delete_horizon_ms_.value_or(record.timestamp_ms);
  timestamp_max_ = std::max(timestamp_max_, record.timestamp_ms);
  int64_t timestamp_delta = wrapping_sub(record.timestamp_ms, timestamp_base_);
  size_t size = record_body_size(record, timestamp_delta, offset_delta, is_first);
  append_zigzag(out_, static_cast<int64_t>(size));
  out_->push_back(0);
  append_zigzag(out_, timestamp_delta);
  append_zigzag(out_, offset_delta);
  append_sized_zigzag(out_, record.key);
  if (record.value) append_sized_zigzag(out_, *record.value);
  if (!record.value) append_zigzag(out_, -1);
  append_zigzag(out_, (is_first ? 1 : 0) + (record.change_header.empty() ? 0 : 1));
  if (!record.change_header.empty()) {
    append_sized_zigzag(out_, kChangeHeaderName);
    append_sized_zigzag(out_, record.change_header);
  }
  if (is_first) {
    append_sized_zigzag(out_, kCutHeaderName);
    append_zigzag(out_, 8);
    cut_at_ = out_->size();
    append_be(out_, cut_.value());
  }
  last_offset_delta_ = offset_delta;
  ++count_;
}

void BatchWriter::raise_cut(CutId cut) {
  cut_ = std::max(cut_, cut);
  store_be(out_->data() + cut_at_, cut_.value());
}

BatchCodec BatchWriter::compress_records(BatchCodec wanted) {
  if (wanted == BatchCodec::none) return wanted;
  std::string_view records = std::string_view(*out_).substr(start_ + kBatchHeaderBytes);
  frame_.clear();
  compress(wanted, records, &frame_);
  if (frame_.size() >= records.size()) return BatchCodec::none;
  out_->replace(start_ + kBatchHeaderBytes, std::string::npos, frame_);
  return wanted;
}

size_t BatchWriter::finish(BatchCodec codec) {
  codec = compress_records(codec);
  char* at = out_->data() + start_;
  size_t size = out_->size() - start_;
  store_be(at + kLengthAt, static_cast<int32_t>(size - kBeforeLength));
  at[kMagicAt] = kMagic;
  int attributes = static_cast<int>(codec) | (delete_horizon_ms_ ? kDeleteHorizonBit : 0);
  store_be(at + kAttributesAt, static_cast<int16_t>(attributes));
  store_be(at + 23, last_offset_delta_);
  store_be(at + 27, timestamp_base_);
  store_be(at + 35, timestamp_max_);
  store_be(at + 43, int64_t{-1});
  store_be(at + 51, int16_t{-1});
  store_be(at + 53, int32_t{-1});
  store_be(at + 57, count_);
  store_be(at + kCrcAt, crc32c({at + kAttributesAt, size - kAttributesAt}));
  open_ = false;
  return size;
}

Result<uint64_t> batch_size(std::string_view bytes) {
  ByteReader in(bytes);
  in.be<int64_t>();
  auto length = in.be<int32_t>();
  if (!in.ok() || length < static_cast<int32_t>(kBatchHeaderBytes - kBeforeLength)) {
    return damaged("its length is impossible");
  }
  return kBeforeLength + static_cast<uint64_t>(length);
}

Result<BatchView> parse_batch(std::string_view batch) {
  LEAT_ASSIGN_OR_RETURN(BatchView view, parse_header(batch));
  if (view.codec != BatchCodec::none) {
    LEAT_ASSIGN_OR_RETURN(auto unpacked, decompress(view.codec, view.records, kUnpackedBytesMax));
    view.records = unpacked.bytes;
    view.unpacked = std::move(unpacked.block);
  }
  Headers headers;
  ByteReader in(view.records);
  read_record(view, in, &headers);
  if (!in.ok() || !headers.cut) return damaged("its first record names no cut");
  view.cut = *headers.cut;
  return view;
}

Status append_records(const BatchView& batch, Offset from, std::vector<RecordView>* out) {
  ByteReader in(batch.records);
  Headers headers;
  Offset at_least = batch.base;
  for (int32_t i = 0; i < batch.count; ++i) {
    RecordView record = read_record(batch, in, &headers);
    if (!in.ok()) return damaged("a record does not parse");
    if (record.offset < at_least || record.offset >= batch.end)
      return damaged("offsets out of order");
    at_least = record.offset.next();
    if (record.offset >= from) out->push_back(record);
  }
  return in.done() ? Status() : Status(damaged("bytes follow its last record"));
}

}  // namespace leat::log

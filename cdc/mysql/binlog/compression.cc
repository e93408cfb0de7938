#include "cdc/mysql/binlog/compression.h"

#include <spdlog/fmt/fmt.h>
#include <zlib.h>
#include <zstd.h>

#include "cdc/mysql/binlog/event_decoder.h"
#include "cdc/mysql/binlog/packed_integer.h"

namespace leat::cdc::mysql {
namespace {

// No deflated bytes give more than this each, so that a damaged length does not become an
// allocation of its size.
constexpr uint64_t kInflateRatioMax = 1032;

Error damaged(std::string_view what) {
  return Error::permanent(fmt::format("its compressed data is damaged: {}", what));
}

// Inflates exactly SIZE bytes to the end of OUT. WINDOW_BITS as zlib's inflateInit2 has them.
Status inflate_all(std::string_view bytes, uint64_t size, int window_bits, std::string* out) {
  if (size > (bytes.size() + 1) * kInflateRatioMax) return damaged("it cannot hold what it says");
  size_t from = out->size();
  out->resize(from + size);
  z_stream stream{};
  if (inflateInit2(&stream, window_bits) != Z_OK) return Error::transient("zlib has no memory");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out->data() + from);
  stream.avail_out = static_cast<uInt>(size);
  int outcome = inflate(&stream, Z_FINISH);
  bool whole = outcome == Z_STREAM_END && stream.avail_out == 0;
  inflateEnd(&stream);
  return whole ? Status() : Status(damaged("it does not inflate to the size that it says"));
}

Status check_size(uint64_t size, uint64_t bytes_max) {
  if (size <= bytes_max) return Ok();
  return Error::permanent(
      fmt::format("it says that it inflates to {} bytes; the bound is {}", size, bytes_max));
}

}  // namespace

Status uncompress_event(std::string_view bytes, uint64_t bytes_max, std::string* out) {
  constexpr uint8_t kCompressed = 0x80, kAlgorithm = 0x70, kSizeBytes = 0x07;
  out->clear();
  ByteReader in(bytes);
  uint8_t head = in.u8();
  std::string_view size_bytes = in.bytes(head & kSizeBytes);
  if (!in.ok() || (head & kCompressed) == 0 || size_bytes.empty() || size_bytes.size() > 4) {
    return damaged("its first bytes");
  }
  if ((head & kAlgorithm) != 0) return damaged("an unknown algorithm");
  uint64_t size = load_be_bytes(size_bytes);
  LEAT_RETURN_IF_ERROR(check_size(size, bytes_max));
  return inflate_all(in.rest(), size, MAX_WBITS, out);
}

Status uncompress_column(std::string_view bytes, uint64_t bytes_max, std::string* out) {
  constexpr uint8_t kZlib = 8, kMethodShift = 4, kRaw = 0x08, kSizeBytes = 0x07;
  if (bytes.empty()) return Ok();
  ByteReader in(bytes);
  uint8_t head = in.u8();
  if (head >> kMethodShift == 0) {
    out->append(in.rest());
    return Ok();
  }
  if (head >> kMethodShift != kZlib) return damaged("an unknown method");
  uint64_t size = load_be_bytes(in.bytes(head & kSizeBytes));
  if (!in.ok() || size == 0) return damaged("its first bytes");
  LEAT_RETURN_IF_ERROR(check_size(size, bytes_max));
  return inflate_all(in.rest(), size, (head & kRaw) != 0 ? -MAX_WBITS : MAX_WBITS, out);
}

struct PayloadReader::Stream {
  ZSTD_DStream* handle = ZSTD_createDStream();
  ~Stream() { ZSTD_freeDStream(handle); }
};

PayloadReader::PayloadReader(const TransactionPayload& payload)
    : input_(payload.payload), bytes_left_(payload.bytes_uncompressed) {
  if (payload.compression == PayloadCompression::zstd) stream_ = std::make_unique<Stream>();
  if (payload.compression == PayloadCompression::none) bytes_left_ = input_.size();
}

PayloadReader::~PayloadReader() = default;
PayloadReader::PayloadReader(PayloadReader&&) noexcept = default;
PayloadReader& PayloadReader::operator=(PayloadReader&&) noexcept = default;

Result<std::string_view> PayloadReader::next() {
  buffer_.erase(0, event_size_);
  event_size_ = 0;
  if (buffer_.empty() && bytes_left_ == 0) return std::string_view();
  LEAT_RETURN_IF_ERROR(fill(EventHeader::kBytes));
  size_t size = decode_event_header(buffer_).size;
  if (size < EventHeader::kBytes || size > kEventBytesMax) return damaged("an event's size");
  LEAT_RETURN_IF_ERROR(fill(size));
  event_size_ = size;
  return std::string_view(buffer_).substr(0, size);
}

// At least SIZE bytes into the buffer.
Status PayloadReader::fill(size_t size) {
  constexpr size_t kStep = 128 << 10;
  while (buffer_.size() < size) {
    if (bytes_left_ == 0) return damaged("it ends inside an event");
    size_t from = buffer_.size();
    size_t room = std::min<uint64_t>(bytes_left_, kStep);
    size_t got = 0;
    if (!stream_) {
      got = room;
      buffer_.append(input_.substr(0, got));
      input_.remove_prefix(got);
    } else {
      buffer_.resize(from + room);
      ZSTD_inBuffer in{input_.data(), input_.size(), 0};
      ZSTD_outBuffer out{buffer_.data() + from, room, 0};
      size_t outcome = ZSTD_decompressStream(stream_->handle, &out, &in);
      got = out.pos;
      buffer_.resize(from + got);
      input_.remove_prefix(in.pos);
      if (ZSTD_isError(outcome) != 0) return damaged(ZSTD_getErrorName(outcome));
      if (got == 0 && in.pos == 0) return damaged("it ends early");
    }
    bytes_left_ -= got;
  }
  return Ok();
}

}  // namespace leat::cdc::mysql

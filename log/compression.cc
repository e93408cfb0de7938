#include "log/compression.h"

#include <lz4frame.h>
#include <zstd.h>

#include "log/base/check.h"

namespace leat::log {
namespace {

constexpr int kZstdLevel = 1;
// The most that one byte of a frame can stand for: LZ4 counts a match's length in bytes of 255; the
// shortest block of Zstandard takes 4 bytes and unpacks to 128 KiB at most.
constexpr uint64_t kLz4ExpansionMax = 255;
constexpr uint64_t kZstdExpansionMax = (128 << 10) / 4;

Error damaged(std::string_view what) {
  return Error::permanent("compressed records do not unpack: " + std::string(what));
}

// Kafka's reader takes independent blocks only; 64 KiB is what its own writer uses.
LZ4F_preferences_t lz4_preferences(size_t content_bytes) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.blockSizeID = LZ4F_max64KB;
  preferences.frameInfo.blockMode = LZ4F_blockIndependent;
  preferences.frameInfo.contentSize = content_bytes;
  return preferences;
}

Status check_size(uint64_t size, size_t frame_bytes, uint64_t expansion_max, uint64_t bytes_max) {
  if (size > bytes_max) return damaged("they would be larger than any that Leat writes");
  if (size / expansion_max > frame_bytes) return damaged("their stated size is impossible");
  return Ok{};
}

Unpacked make_room(uint64_t size) {
  Block block(new char[size]);  // not zeroed
  std::string_view bytes(block.get(), size);
  return {std::move(block), bytes};
}

Result<Unpacked> unpack_lz4(LZ4F_dctx* context, std::string_view frame, uint64_t bytes_max) {
  LZ4F_resetDecompressionContext(context);
  LZ4F_frameInfo_t info{};
  size_t header_bytes = frame.size();
  size_t hint = LZ4F_getFrameInfo(context, &info, frame.data(), &header_bytes);
  if (LZ4F_isError(hint)) return damaged(LZ4F_getErrorName(hint));
  LEAT_RETURN_IF_ERROR(check_size(info.contentSize, frame.size(), kLz4ExpansionMax, bytes_max));
  frame.remove_prefix(header_bytes);
  Unpacked out = make_room(info.contentSize);
  size_t written = out.bytes.size();
  size_t read = frame.size();
  hint = LZ4F_decompress(context, out.block.get(), &written, frame.data(), &read, nullptr);
  if (LZ4F_isError(hint)) return damaged(LZ4F_getErrorName(hint));
  bool is_whole = hint == 0 && read == frame.size() && written == out.bytes.size();
  if (!is_whole) return damaged("their stated size is not theirs");
  return out;
}

Result<Unpacked> unpack_zstd(ZSTD_DCtx* context, std::string_view frame, uint64_t bytes_max) {
  unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR) {
    return damaged("they do not begin with a frame that states its size");
  }
  LEAT_RETURN_IF_ERROR(check_size(size, frame.size(), kZstdExpansionMax, bytes_max));
  Unpacked out = make_room(size);
  size_t written =
      ZSTD_decompressDCtx(context, out.block.get(), out.bytes.size(), frame.data(), frame.size());
  if (ZSTD_isError(written)) return damaged(ZSTD_getErrorName(written));
  if (written != out.bytes.size()) return damaged("their stated size is not theirs");
  return out;
}

void compress_lz4(std::string_view bytes, std::string* out) {
  LZ4F_preferences_t preferences = lz4_preferences(bytes.size());
  size_t start = out->size();
  out->resize(start + LZ4F_compressFrameBound(bytes.size(), &preferences));
  size_t size = LZ4F_compressFrame(out->data() + start, out->size() - start, bytes.data(),
                                   bytes.size(), &preferences);
  LEAT_CHECK(!LZ4F_isError(size));  // only for want of room or memory
  out->resize(start + size);
}

void compress_zstd(std::string_view bytes, std::string* out) {
  size_t start = out->size();
  out->resize(start + ZSTD_compressBound(bytes.size()));
  size_t size = ZSTD_compress(out->data() + start, out->size() - start, bytes.data(), bytes.size(),
                              kZstdLevel);
  LEAT_CHECK(!ZSTD_isError(size));
  out->resize(start + size);
}

struct Lz4Deleter {
  void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
};
struct ZstdDeleter {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// One context of some 150 KB for each thread that needs it: one for each of a reader's hundreds of
// cursors would be too much.
LZ4F_dctx* lz4_context() {
  thread_local std::unique_ptr<LZ4F_dctx, Lz4Deleter> context = [] {
    LZ4F_dctx* made = nullptr;
    LEAT_CHECK(!LZ4F_isError(LZ4F_createDecompressionContext(&made, LZ4F_VERSION)));
    return std::unique_ptr<LZ4F_dctx, Lz4Deleter>(made);
  }();
  return context.get();
}

ZSTD_DCtx* zstd_context() {
  thread_local std::unique_ptr<ZSTD_DCtx, ZstdDeleter> context(ZSTD_createDCtx());
  LEAT_CHECK(context != nullptr);
  return context.get();
}

}  // namespace

std::string_view codec_name(BatchCodec codec) {
  switch (codec) {
    case BatchCodec::none:
      return "none";
    case BatchCodec::lz4:
      return "lz4";
    case BatchCodec::zstd:
      return "zstd";
  }
  return "unknown";
}

std::optional<BatchCodec> parse_codec(std::string_view name) {
  for (BatchCodec each : {BatchCodec::none, BatchCodec::lz4, BatchCodec::zstd}) {
    if (name == codec_name(each)) return each;
  }
  return std::nullopt;
}

void compress(BatchCodec codec, std::string_view bytes, std::string* out) {
  LEAT_CHECK(codec != BatchCodec::none);
  codec == BatchCodec::lz4 ? compress_lz4(bytes, out) : compress_zstd(bytes, out);
}

Result<Unpacked> decompress(BatchCodec codec, std::string_view frame, uint64_t bytes_max) {
  LEAT_CHECK(codec != BatchCodec::none);
  return codec == BatchCodec::lz4 ? unpack_lz4(lz4_context(), frame, bytes_max)
                                  : unpack_zstd(zstd_context(), frame, bytes_max);
}

}  // namespace leat::log

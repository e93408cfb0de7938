// The codecs that a batch's records may be compressed with, as Kafka's clients read them: the frame
// formats of LZ4 (independent blocks) and Zstandard, each frame with its content's size.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "log/base/status.h"

namespace leat::log {

// The numbers are those of RecordBatch's attributes; those left out are neither written nor read.
enum class BatchCodec : uint8_t { none = 0, lz4 = 3, zstd = 4 };

std::string_view codec_name(BatchCodec codec);
std::optional<BatchCodec> parse_codec(std::string_view name);

// Bytes that a reader has read; who points into them holds on to them.
using Block = std::shared_ptr<char[]>;

// Appends BYTES as one frame to OUT. CODEC is not none.
void compress(BatchCodec codec, std::string_view bytes, std::string* out);

struct Unpacked {
  Block block;
  std::string_view bytes;  // in it
};
// The contents of FRAME, exactly one whole frame, in a block of their own. It is from a disk: one
// that does not unpack, or whose stated size is above BYTES_MAX or more than its bytes could ever
// unpack to (so nothing that large is allocated), is a permanent error.
Result<Unpacked> decompress(BatchCodec codec, std::string_view frame, uint64_t bytes_max);

}  // namespace leat::log

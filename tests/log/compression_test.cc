#include "log/compression.h"

#include <catch2/catch.hpp>

#include "log/base/bytes.h"
#include "log/batch.h"
#include "tests/support/random.h"

using namespace leat;
using namespace leat::log;

namespace {

constexpr uint64_t kBytesMax = 64 << 20;
constexpr BatchCodec kCodecs[] = {BatchCodec::lz4, BatchCodec::zstd};

std::string compressed(BatchCodec codec, std::string_view bytes) {
  std::string out;
  compress(codec, bytes, &out);
  return out;
}

std::string random_text(test::Random& random, size_t size) {
  std::string text;
  while (text.size() < size)
    text.append(1 + random.below(40), static_cast<char>(random.below(256)));
  text.resize(size);
  return text;
}

}  // namespace

TEST_CASE("FramesOfAnySizeUnpackToWhatWasCompressed") {
  test::Random random(test::seed());
  for (BatchCodec codec : kCodecs) {
    for (size_t size : {1, 100, 65535, 65536, 65537, 1 << 20, 5 << 20}) {
      std::string text = random_text(random, size);
      std::string frame = compressed(codec, text);
      CHECK(frame.size() < text.size() + 100);
      auto unpacked = decompress(codec, frame, kBytesMax);
      REQUIRE(unpacked.ok());
      CHECK(unpacked->bytes == text);
    }
  }
}

TEST_CASE("AFrameCutShortFollowedByBytesOrTooLargeIsAnError") {
  test::Random random(test::seed());
  std::string text = random_text(random, 3000);
  for (BatchCodec codec : kCodecs) {
    std::string frame = compressed(codec, text);
    for (size_t size = 0; size < frame.size(); ++size) {
      CHECK_FALSE(decompress(codec, frame.substr(0, size), kBytesMax).ok());
    }
    CHECK_FALSE(decompress(codec, frame + "x", kBytesMax).ok());
    CHECK_FALSE(decompress(codec, frame, text.size() - 1).ok());
    CHECK(decompress(codec, frame, text.size()).ok());  // also after all these errors
  }
}

TEST_CASE("AFlippedByteOfAFrameUnpacksToAnErrorOrToSomethingOfItsSize") {
  test::Random random(test::seed());
  for (BatchCodec codec : kCodecs) {
    std::string frame = compressed(codec, random_text(random, 2000));
    for (size_t at = 0; at < frame.size(); ++at) {
      std::string flipped = frame;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
      auto unpacked = decompress(codec, flipped, kBytesMax);
      if (unpacked.ok()) CHECK(unpacked->bytes.size() <= kBytesMax);
    }
  }
}

TEST_CASE("AStatedSizeThatTheFrameCannotHoldIsRefusedBeforeAnythingIsAllocated") {
  std::string lz4 = compressed(BatchCodec::lz4, std::string(1000, 'a'));
  store_le(lz4.data() + 6, uint64_t{60} << 20);  // the content size, behind magic, FLG and BD
  CHECK_FALSE(decompress(BatchCodec::lz4, lz4, kBytesMax).ok());
  // A frame that says 60 MiB in 4 bytes, its single block missing.
  std::string zstd("\x28\xb5\x2f\xfd\xa0\x00\x00\xc0\x03", 9);
  auto unpacked = decompress(BatchCodec::zstd, zstd, kBytesMax);
  REQUIRE_FALSE(unpacked.ok());
  CHECK(unpacked.error().message().find("stated size is impossible") != std::string::npos);
}

TEST_CASE("CompressionsAreNamedAndNoOtherNameIsOne") {
  CHECK(parse_codec("none") == BatchCodec::none);
  CHECK(parse_codec("lz4") == BatchCodec::lz4);
  CHECK(parse_codec("zstd") == BatchCodec::zstd);
  CHECK_FALSE(parse_codec("gzip").has_value());
  CHECK(codec_name(BatchCodec::zstd) == "zstd");
}

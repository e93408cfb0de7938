#include "log/batch.h"

#include <catch2/catch.hpp>

#include "log/base/bytes.h"
#include "log/base/hash.h"

using namespace leat;
using namespace leat::log;

namespace {

RecordView record_of(std::string_view key, std::optional<std::string_view> value) {
  return {
      .offset = Offset(0), .timestamp_ms = 1000, .key = key, .value = value, .change_header = "h"};
}

std::string batch_of(Offset base, CutId cut, const std::vector<RecordView>& records,
                     BatchCodec codec = BatchCodec::none) {
  std::string out;
  BatchWriter writer(&out);
  writer.begin(base, cut);
  for (const RecordView& record : records) writer.add(record);
  writer.finish(codec);
  return out;
}

}  // namespace

TEST_CASE("BatchRoundTripsItsRecordsOffsetsAndCut") {
  std::string bytes = batch_of(
      Offset(70), CutId(9), {record_of("a", "1"), record_of("", std::nullopt), record_of("c", "")});
  CHECK(*batch_size(bytes) == bytes.size());
  auto batch = parse_batch(bytes);
  REQUIRE(batch.ok());
  CHECK(batch->cut == CutId(9));
  CHECK(batch->base == Offset(70));
  CHECK(batch->end == Offset(73));
  std::vector<RecordView> records;
  REQUIRE(append_records(*batch, Offset(71), &records).ok());
  REQUIRE(records.size() == 2);
  CHECK(records[0].offset == Offset(71));
  CHECK_FALSE(records[0].value.has_value());
  CHECK(records[1].value == "");
  CHECK(records[1].key == "c");
  CHECK(records[1].change_header == "h");
  CHECK(records[1].timestamp_ms == 1000);
}

TEST_CASE("BatchEndsBeforeItGrowsPastItsBoundButTakesOneLargerRecord") {
  std::string value(kBatchBytesMax / 2, 'v');
  std::string huge(2 * kBatchBytesMax, 'v');
  std::string out;
  BatchWriter writer(&out);
  writer.begin(Offset(0), CutId(1));
  writer.add(record_of("a", value));
  CHECK_FALSE(writer.fits(record_of("b", value)));
  CHECK(writer.fits(record_of("b", "small")));
  writer.finish(BatchCodec::none);
  std::string large = batch_of(Offset(0), CutId(1), {record_of("a", huge)});
  auto batch = parse_batch(large);
  REQUIRE(batch.ok());
  CHECK(batch->count == 1);
}

TEST_CASE("BatchCutShortOrFlippedIsAnError") {
  std::string bytes =
      batch_of(Offset(0), CutId(3), {record_of("key", "value"), record_of("b", "c")});
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(parse_batch(std::string_view(bytes).substr(0, size)).ok());
  }
  for (size_t at = 16; at < bytes.size(); ++at) {  // before it: offset, length, epoch
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    CHECK_FALSE(parse_batch(flipped).ok());
  }
}

TEST_CASE("ACompressedBatchIsSmallerAndHoldsTheSameRecordsInABlockOfItsOwn") {
  std::string value(500, 'v');
  std::vector<RecordView> given = {record_of("a", value), record_of("b", std::nullopt),
                                   record_of("c", value)};
  size_t plain = batch_of(Offset(5), CutId(2), given).size();
  for (BatchCodec codec : {BatchCodec::lz4, BatchCodec::zstd}) {
    std::string bytes = batch_of(Offset(5), CutId(2), given, codec);
    CHECK(bytes.size() < plain / 2);
    CHECK(*batch_size(bytes) == bytes.size());
    auto batch = parse_batch(bytes);
    REQUIRE(batch.ok());
    CHECK(batch->codec == codec);
    CHECK(batch->cut == CutId(2));
    CHECK(batch->end == Offset(8));
    CHECK(batch->records.size() == plain - kBatchHeaderBytes);
    CHECK(batch->records.data() == batch->unpacked.get());
    std::vector<RecordView> records;
    REQUIRE(append_records(*batch, Offset(0), &records).ok());
    REQUIRE(records.size() == 3);
    CHECK(records[2].key == "c");
    CHECK(records[2].value == value);
    CHECK(records[2].offset == Offset(7));
  }
}

TEST_CASE("RecordsThatCompressionWouldMakeLargerAreKeptPlain") {
  std::string bytes = batch_of(Offset(0), CutId(3), {record_of("k", "v")}, BatchCodec::lz4);
  CHECK(bytes == batch_of(Offset(0), CutId(3), {record_of("k", "v")}));
}

TEST_CASE("ACompressedBatchCutShortOrFlippedIsAnError") {
  std::string value(300, 'v');
  for (BatchCodec codec : {BatchCodec::lz4, BatchCodec::zstd}) {
    std::string bytes = batch_of(Offset(0), CutId(3), {record_of("key", value)}, codec);
    for (size_t size = 0; size < bytes.size(); ++size) {
      CHECK_FALSE(parse_batch(std::string_view(bytes).substr(0, size)).ok());
    }
    for (size_t at = 16; at < bytes.size(); ++at) {
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(flipped[at] ^ 4);
      CHECK_FALSE(parse_batch(flipped).ok());
    }
  }
}

TEST_CASE("ABatchWithACodecOrAttributesThatLeatDoesNotWriteIsAnError") {
  for (int attributes : {1, 2, 5, 8, 16, 32, 128, 256}) {
    std::string bytes = batch_of(Offset(0), CutId(3), {record_of("k", "v")});
    store_be(bytes.data() + 21, static_cast<int16_t>(attributes));
    store_be(bytes.data() + 17, crc32c(std::string_view(bytes).substr(21)));
    auto batch = parse_batch(bytes);
    REQUIRE_FALSE(batch.ok());
    CHECK(batch.error().message().find("which Leat does not write") != std::string::npos);
  }
}

TEST_CASE("ARewrittenBatchKeepsItsHolesItsHighestCutAndItsDeleteHorizon") {
  std::string bytes;
  BatchWriter writer(&bytes);
  writer.begin(Offset(10), CutId(3), 5000);
  writer.add_at(record_of("a", "1"), 2);
  writer.add_at(record_of("b", "2"), 70'000);
  writer.raise_cut(CutId(9));
  writer.finish(BatchCodec::none);
  auto batch = parse_batch(bytes);
  REQUIRE(batch.ok());
  CHECK(batch->base == Offset(10));
  CHECK(batch->end == Offset(70'011));
  CHECK(batch->cut == CutId(9));
  CHECK(batch->delete_horizon_ms == 5000);
  std::vector<RecordView> records;
  REQUIRE(append_records(*batch, Offset(10), &records).ok());
  REQUIRE(records.size() == 2);
  CHECK(records[0].offset == Offset(12));
  CHECK(records[1].offset == Offset(70'010));
  CHECK(records[1].timestamp_ms == record_of("b", "2").timestamp_ms);
}

#include "log/batch.h"

#include <catch2/catch.hpp>

#include "log/base/bytes.h"

using namespace leat;
using namespace leat::log;

namespace {

RecordView record_of(std::string_view key, std::optional<std::string_view> value) {
  return {
      .offset = Offset(0), .timestamp_ms = 1000, .key = key, .value = value, .change_header = "h"};
}

std::string batch_of(Offset base, CutId cut, const std::vector<RecordView>& records) {
  std::string out;
  BatchWriter writer(&out);
  writer.begin(base, cut);
  for (const RecordView& record : records) writer.add(record);
  writer.finish();
  return out;
}

std::string from_hex(std::string_view hex) {
  std::string out;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

}  // namespace

TEST_CASE("BatchIsTheWorkedExampleOfTheDocs") {
  CHECK(batch_of(Offset(0), CutId(3), {record_of("k", "v")}) ==
        from_hex("00000000000000000000004e00000000025702cc4a000000000000"
                 "00000000000003e800000000000003e8ffffffffffffffffffffffffffff00000001"
                 "3800000002"
                 "6b027604086c65617402680663757410"
                 "0000000000000003"));
}

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
  writer.finish();
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

#include "log/segment_index.h"

#include <catch2/catch.hpp>

#include "log/base/bytes.h"
#include "log/base/hash.h"

using namespace leat;
using namespace leat::log;

namespace {

constexpr Offset kBase(100);

// A batch of BYTES bytes, so many records, one cut.
BatchView batch_of(int64_t base, int64_t count, uint64_t cut, size_t bytes, int64_t time_ms) {
  static const std::string filler(1 << 20, 'x');
  BatchView batch;
  batch.base = Offset(base);
  batch.end = Offset(base + count);
  batch.cut = CutId(cut);
  batch.timestamp_max_ms = time_ms;
  batch.bytes = std::string_view(filler).substr(0, bytes);
  return batch;
}

SegmentIndex some_index() {
  SegmentIndexBuilder builder(kBase);
  builder.add(batch_of(100, 5, 7, 1000, 50));
  builder.add(batch_of(105, 1, 8, 1000, 90));   // near: no entry
  builder.add(batch_of(106, 4, 9, 70000, 40));  // 2000 bytes in: no entry
  builder.add(batch_of(112, 2, 9, 1000, 60));   // behind a hole
  builder.add(batch_of(114, 1, 12, 1000, 95));
  return std::move(builder).finish();
}

}  // namespace

TEST_CASE("IndexHasAnEntryForTheFirstBatchAndForOneEvery64KiB") {
  SegmentIndex index = some_index();
  CHECK(index.bytes == 74000);
  REQUIRE(index.entries.size() == 2);
  CHECK(index.entries[0] == SegmentIndex::Entry{Offset(100), Offset(104), 0, CutId(7)});
  CHECK(index.entries[1] == SegmentIndex::Entry{Offset(112), Offset(113), 72000, CutId(9)});
}

TEST_CASE("TimeIndexHasTheHighestTimeUpToEachEntryAndAtTheEnd") {
  SegmentIndex index = some_index();
  REQUIRE(index.times.size() == 3);
  CHECK(index.times[0] == SegmentIndex::Time{50, Offset(104)});
  CHECK(index.times[1] == SegmentIndex::Time{90, Offset(105)});
  CHECK(index.times[2] == SegmentIndex::Time{95, Offset(114)});
}

TEST_CASE("IndexFilesRoundTripAndKafkasPartHasItsNumbers") {
  SegmentIndex index = some_index();
  IndexFiles files = encode_index(index, kBase);
  CHECK(files.offsets == std::string("\0\0\0\x04\0\0\0\0\0\0\0\x0d\0\x01\x19\x40", 16));
  CHECK(files.times.size() == 3 * 12);
  CHECK(load_be<int64_t>(files.times.data() + 12) == 90);
  CHECK(load_be<int32_t>(files.times.data() + 20) == 5);
  auto read = decode_index(files, kBase);
  REQUIRE(read.ok());
  CHECK(*read == index);
}

TEST_CASE("AnyByteOfAnIndexFileFlippedOrCutOffIsAnError") {
  IndexFiles files = encode_index(some_index(), kBase);
  for (std::string IndexFiles::*part :
       {&IndexFiles::offsets, &IndexFiles::times, &IndexFiles::cuts}) {
    for (size_t at = 0; at < (files.*part).size(); ++at) {
      IndexFiles damaged = files;
      (damaged.*part)[at] = static_cast<char>((damaged.*part)[at] ^ (1 << (at % 8)));
      CHECK_FALSE(decode_index(damaged, kBase).ok());
      damaged = files;
      (damaged.*part).resize(at);
      CHECK_FALSE(decode_index(damaged, kBase).ok());
    }
  }
}

TEST_CASE("AnIndexOfAnUnknownFormatVersionIsRefused") {
  IndexFiles files = encode_index(some_index(), kBase);
  files.cuts[7] = '2';
  auto read = decode_index(files, kBase);
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().message().find("unknown format version") != std::string::npos);
}

TEST_CASE("AnIndexWhoseEntriesDoNotRiseIsRefusedEvenWithGoodChecksums") {
  SegmentIndex index = some_index();
  std::swap(index.entries[0], index.entries[1]);
  CHECK_FALSE(decode_index(encode_index(index, kBase), kBase).ok());
  index = some_index();
  index.bytes = 10;  // less than its entries say
  CHECK_FALSE(decode_index(encode_index(index, kBase), kBase).ok());
}

TEST_CASE("WhatDoesNotFitKafkasNumbersIsNotIndexed") {
  SegmentIndexBuilder builder(Offset(0));
  builder.add(batch_of(0, 1, 1, 100000, 1));
  builder.add(batch_of(int64_t{1} << 32, 1, 2, 100000, 2));
  SegmentIndex index = std::move(builder).finish();
  CHECK(index.entries.size() == 1);
  CHECK(index.times.size() == 1);
  CHECK(decode_index(encode_index(index, Offset(0)), Offset(0)).ok());
}

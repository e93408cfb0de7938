// The compaction of one partition against a plain reference on random histories.
#include "compaction/partition_compaction.h"

#include <algorithm>
#include <thread>

#include "compaction/key_map.h"
#include "log/data_paths.h"
#include "tests/compaction/compaction_fixture.h"

using namespace leat;
using namespace leat::compaction;
using namespace leat::log;
using compaction::test::Entry;
using compaction::test::TableLog;
using leat::test::Random;

namespace {

constexpr int64_t kDay = int64_t{24} * 60 * 60 * 1000;

CompactionOptions keeping_tombstones(uint64_t map_bytes = 1 << 20) {
  CompactionOptions options;
  options.map_bytes = map_bytes;
  options.tombstone_retention_ms = kDay;
  return options;
}

auto keeps_all = [](const Entry&) { return true; };

// Rows as a reader from the beginning comes to hold them.
std::map<std::string, std::string> fold(TableLog& log, size_t step_bytes) {
  auto reader = log.log->read_cuts({TableLog::kTopic}, {});
  REQUIRE(reader.ok());
  std::map<std::string, std::string> rows;
  while (true) {
    auto step = (*reader)->next(step_bytes, CutId(UINT64_MAX), std::chrono::milliseconds(0));
    if (!step.ok()) FAIL(step.error().message());
    if (!*step) return rows;
    for (const TopicChunk& chunk : (*step)->chunks) {
      for (const RecordView& record : chunk.records) {
        Entry entry = compaction::test::entry_of(record);
        if (chunk.has_before && entry.before) {
          REQUIRE(rows.contains(entry.key));
          CHECK(rows[entry.key] == *entry.before);
          rows.erase(entry.key);
        }
        CHECK_FALSE(rows.contains(entry.key));
        if (!chunk.has_before) REQUIRE(entry.value);
        if (entry.value) rows[entry.key] = *entry.value;
      }
    }
  }
}

}  // namespace

TEST_CASE("NewestRecordOfEachKeyStaysWithItsOffsetAndTimeAndWithoutBefore") {
  TableLog log;
  log.put("a", "1");
  log.put("b", "1");
  log.clock.now_ms += 5;
  log.put("a", "2");
  log.roll();
  CompactionTotals totals = log.compact();
  CHECK(totals.records_read == 3);
  CHECK(totals.records_kept == 2);
  CHECK(totals.keys == 2);
  CHECK(log.entries() ==
        std::vector<Entry>{{1, 1'000'000, "b", "1", {}}, {2, 1'000'005, "a", "2", {}}});
  CHECK(log.state().cleaned_horizon == Offset(3));
  CHECK(log.state().start == Offset(1));
  CHECK(log.state().bytes == totals.bytes_after);
}

TEST_CASE("CompactedLogEqualsThePlainReferenceOnRandomHistories") {
  uint64_t seed = leat::test::seed();
  INFO("LEAT_SEED=" << seed);
  Random random(seed);
  for (int run = 0; run < 12; ++run) {
    TableLog log;
    for (int round = 0; round < 4; ++round) {
      log.put_random(random, static_cast<int>(1 + random.below(300)), 1 + random.below(60));
      if (random.one_in(2)) log.roll();
      if (log.input().segments.size() == log.input().first_dirty) continue;
      uint64_t map_bytes = random.one_in(2) ? 1 << 20 : 100 + random.below(1000);
      log.compact(keeping_tombstones(map_bytes));
      Offset horizon = log.state().cleaned_horizon;
      CHECK(log.entries() == log.expected(horizon, keeps_all));
      CHECK(fold(log, 1 + random.below(3000)) == log.rows);
      if (random.one_in(3)) log.reopen();
      CHECK(log.entries() == log.expected(horizon, keeps_all));
    }
    CHECK(fold(log, 1 + random.below(3000)) == log.rows);
  }
}

TEST_CASE("SeveralPassesOfATinyMapComeToTheSameAsOne") {
  uint64_t seed = leat::test::seed();
  INFO("LEAT_SEED=" << seed);
  for (uint64_t map_bytes : {60, 200, 700, 1 << 20}) {
    Random random(seed);
    TableLog log;
    log.put_random(random, 600, 150);
    log.roll();
    CompactionTotals totals = log.compact(keeping_tombstones(map_bytes));
    CHECK((totals.passes == 1) == (map_bytes == 1 << 20));
    CHECK(log.entries() == log.expected(log.state().cleaned_horizon, keeps_all));
  }
}

TEST_CASE("ReadingBeginsAtAnyOffsetOfACompactedPartition") {
  Random random(1);
  TableLog log;
  log.put_random(random, 300, 40);
  log.roll();
  log.compact(keeping_tombstones());
  std::vector<Entry> all = log.entries();
  for (int64_t from = 0; from <= 300; from += 7) {
    std::vector<Entry> left;
    for (const Entry& each : all) {
      if (each.offset >= from) left.push_back(each);
    }
    CHECK(log.entries(Offset(from)) == left);
  }
}

TEST_CASE("ReaderAtWorkGoesOnThroughAReplacement") {
  TableLog log;
  Random random(2);
  log.put_random(random, 200, 20);
  auto by_offset = log.log->read_partition(log.partition(), Offset(0));
  Offset at = (*by_offset)->next(200)->back().offset;
  auto by_cut = log.log->read_cuts({TableLog::kTopic}, {});
  while (*(*by_cut)->next(1 << 20, CutId(UINT64_MAX), std::chrono::milliseconds(0))) {
  }
  log.roll();
  log.compact(keeping_tombstones());
  std::vector<Entry> rest;
  for (auto records = (*by_offset)->next(500); !records->empty();
       records = (*by_offset)->next(500)) {
    for (const RecordView& record : *records) rest.push_back(compaction::test::entry_of(record));
  }
  REQUIRE_FALSE(rest.empty());
  CHECK(rest.front().offset > at.value());
  CHECK(rest.back().offset == 199);
  log.put("new", "row");
  auto step = (*by_cut)->next(1 << 20, CutId(UINT64_MAX), std::chrono::milliseconds(0));
  size_t records = 0;
  for (const TopicChunk& chunk : (*step)->chunks) records += chunk.records.size();
  CHECK(records == 1);
}

TEST_CASE("ReplacedSegmentsLeaveTheDiskWithoutWaitingForTheJournalToFill") {
  TableLog log;
  Random random(leat::test::seed());
  log.put_random(random, 6000, 20);
  log.roll();
  std::string dir = DataPaths("/data").partition_dir(log.partition(), TableLog::kTopic);
  std::vector<std::string> replaced;
  for (const SegmentState& segment : log.input().segments) {
    replaced.push_back(dir + "/" + segment_file_name(segment.name()));
    CHECK(*log.fs.exists(replaced.back()));
  }
  log.compact();
  auto left = [&] {
    return std::count_if(replaced.begin(), replaced.end(),
                         [&](const std::string& path) { return *log.fs.exists(path); });
  };
  for (int i = 0; i < 1000 && left() > 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK(left() == 0);
}

TEST_CASE("AsManyDistinctKeysAsWereAnnouncedTakeOnePass") {
  for (uint64_t keys : {1, 2, 3, 5, 30, 254, 1001}) {
    KeyMap map(1 << 20, keys);
    map.cover(0, UINT64_MAX);
    HashSecret secret = HashSecret::random();
    for (uint64_t i = 0; i < keys; ++i) {
      map.put(hash_key(secret, "key" + std::to_string(i)), static_cast<Ordinal>(i));
    }
    CHECK(map.size() == keys);
    CHECK(map.last() == UINT64_MAX);
  }
}

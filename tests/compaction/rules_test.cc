// What others' compaction got wrong (the numbers are Apache Kafka's issues), and what readers may
// rely on.
#include <future>
#include <thread>

#include "compaction/cleaner.h"
#include "tests/compaction/compaction_fixture.h"

using namespace leat;
using namespace leat::compaction;
using namespace leat::log;
using namespace std::chrono_literals;
using compaction::test::Entry;
using compaction::test::header_with;
using compaction::test::TableLog;

namespace {

constexpr CutId kNoLimit(UINT64_MAX);

CompactionOptions with_retention(int64_t tombstone_retention_ms) {
  CompactionOptions options;
  options.tombstone_retention_ms = tombstone_retention_ms;
  return options;
}

std::vector<std::string> keys_of(const TableLog& log) {
  std::vector<std::string> keys;
  for (const Entry& entry : log.entries()) keys.push_back(entry.key + (entry.value ? "" : "-"));
  return keys;
}

using Keys = std::vector<std::string>;

// Reads to the end; the number of records.
Result<size_t> drain(CutReader& reader) {
  size_t records = 0;
  while (true) {
    LEAT_ASSIGN_OR_RETURN(auto step, reader.next(1 << 20, kNoLimit, 0ms));
    if (!step) return records;
    for (const TopicChunk& chunk : step->chunks) records += chunk.records.size();
  }
}

std::unique_ptr<CutReader> reader_of(TableLog& log, const ReadPosition& from = {}) {
  auto reader = log.log->read_cuts({TableLog::kTopic}, from);
  if (!reader.ok()) FAIL(reader.error().message());
  return std::move(*reader);
}

void alter(TableLog& log, const TopicSettings& settings) {
  CommitUnit unit;
  unit.edits = {AlterTopic{TableLog::kTopic, settings}};
  log.commit(std::move(unit));
}

}  // namespace

TEST_CASE("LogEndStaysWhenTheTailIsCompactedAway") {  // KAFKA-17076
  TableLog log;
  log.put("a", "1");
  log.put("a", std::nullopt);
  log.roll();
  log.compact(with_retention(0));
  CHECK(log.entries().empty());
  CHECK(log.state().end == Offset(2));
  CHECK(log.state().bytes == 0);
  log.reopen();
  CHECK(log.state().end == Offset(2));
  log.put("b", "1");
  CHECK(log.entries() == std::vector<Entry>{{2, 1'000'000, "b", "1", {}}});
}

TEST_CASE("ReaderReachesTheEndWhereNothingIsLeft") {  // KAFKA-7385, 8764, 9826
  TableLog log;
  log.put("a", "1");
  log.put("a", std::nullopt);
  log.roll();
  log.compact(with_retention(0));
  auto reader = reader_of(log);
  CHECK(*drain(*reader) == 0);
  CHECK(reader->position().cut() == log.log->state()->cut);
  auto again = reader_of(log, reader->position());
  log.put("b", "1");
  CHECK(*drain(*again) == 1);
}

TEST_CASE("TombstoneStaysForItsRetentionFromItsFirstCompactionOn") {  // KAFKA-4529, 8522
  TableLog log;
  log.put("a", "1");
  log.put("a", std::nullopt);
  log.clock.now_ms += 10'000;
  log.roll();
  log.compact(with_retention(5000));
  CHECK(keys_of(log) == Keys{"a-"});
  log.clock.now_ms += 4999;
  log.compact(with_retention(5000));
  CHECK(keys_of(log) == Keys{"a-"});
  log.clock.now_ms += 1;  // compacting it in between has not renewed it
  log.compact(with_retention(5000));
  CHECK(keys_of(log).empty());
}

TEST_CASE("TombstonesOfDifferentAgesDoNotKeepEachOther") {
  TableLog log;
  log.put_all({{"a", "1"}, {"a", std::nullopt}, {"x", "1"}});
  log.roll();
  log.compact(with_retention(5000));
  log.clock.now_ms += 3000;
  log.put_all({{"b", "1"}, {"b", std::nullopt}});
  log.roll();
  log.compact(with_retention(5000));
  CHECK(keys_of(log) == Keys{"a-", "x", "b-"});
  log.clock.now_ms += 2000;
  log.compact(with_retention(5000));
  CHECK(keys_of(log) == Keys{"x", "b-"});
}

TEST_CASE("OffsetsFurtherApartThan31BitsDoNotShareASegment") {  // KAFKA-5413, 6264
  TableLog log;
  log.put("a", "1");
  Pace pace(log.clock, 0, log.stop);
  auto writer = SegmentWriter::open(log.log->segments(), log.partition(), pace, {1 << 20, {}});
  REQUIRE(writer.ok());
  std::string header = header_with({});
  RecordView record{Offset(5), 1, "a", "v", header};
  REQUIRE((*writer)->add(record, CutId(1), 0).ok());
  record.offset = Offset(5 + int64_t{INT32_MAX} - 1);
  REQUIRE((*writer)->add(record, CutId(1), 0).ok());
  record.offset = record.offset.plus(2);
  REQUIRE((*writer)->add(record, CutId(2), 0).ok());
  auto segments = (*writer)->finish();
  REQUIRE(segments.ok());
  REQUIRE(segments->size() == 2);
  CHECK((*segments)[0].base == Offset(5));
  CHECK((*segments)[0].end == Offset(5 + int64_t{INT32_MAX}));
  CHECK((*segments)[1].base == record.offset);
  CHECK((*segments)[1].cut_max == CutId(2));
}

TEST_CASE("RecordsThatAReaderHasNotPassedAreNotCompacted") {
  TableLog log;
  log.put("a", "1");
  auto reader = reader_of(log);
  CHECK(*drain(*reader) == 1);
  log.put("a", "2");
  log.roll();
  Cleaner cleaner(log.log->segments(), {});
  cleaner.run_once();
  CHECK(keys_of(log) == Keys{"a", "a"});
  CHECK(cleaner.totals().held_back_bytes > 0);
  CHECK(*drain(*reader) == 1);
  cleaner.run_once();
  CHECK(keys_of(log) == Keys{"a"});
  CHECK(cleaner.totals().held_back_bytes == 0);
}

TEST_CASE("ReaderTooFarBehindIsDetachedNamedAndMustStartOver") {
  TableLog log;
  log.put("a", "1");
  auto reader = reader_of(log);
  CHECK(*drain(*reader) == 1);
  ReadPosition position = reader->position();
  log.log->set_reader_floor("view", position.cut());
  log.put("a", "2");
  log.roll();
  CleanerOptions options;
  options.reader_lag_bytes_max = 1;
  Cleaner cleaner(log.log->segments(), options);
  cleaner.run_once();
  CHECK(keys_of(log) == Keys{"a"});
  auto detached = log.log->health().detached_readers;
  REQUIRE(detached.size() == 1);
  CHECK(detached[0].reader == "view");
  CHECK(detached[0].cut == position.cut());
  CHECK_FALSE(drain(*reader).ok());
  CHECK_FALSE(position.can_resume(*log.log->state(), {TableLog::kTopic}));
  CHECK_FALSE(log.log->read_cuts({TableLog::kTopic}, position).ok());
  CHECK(*drain(*reader_of(log)) == 1);
  log.log->set_reader_floor("view", log.log->state()->cut);
  CHECK(log.log->health().detached_readers.empty());
}

TEST_CASE("ReplacedContentsThatAReaderKeepsCountTowardsItsBound") {
  TableLog log;
  log.log->set_reader_floor("dead", log.log->state()->cut);
  for (int i = 0; i < 3; ++i) {
    log.put("a", std::string(1000, 'x'));
    log.make_topic_again();
  }
  CHECK(log.log->state()->retired.size() == 3);
  Cleaner patient(log.log->segments(), {});
  patient.run_once();
  CHECK(patient.totals().held_back_bytes > 3000);
  CHECK(log.log->health().detached_readers.empty());
  CleanerOptions options;
  options.reader_lag_bytes_max = 2000;
  Cleaner cleaner(log.log->segments(), options);
  cleaner.run_once();
  REQUIRE(log.log->health().detached_readers.size() == 1);
  CHECK(log.log->health().detached_readers[0].reader == "dead");
  CHECK(cleaner.totals().held_back_bytes == 0);
}

TEST_CASE("PositionInsideTheFirstCutResumesUntilThatIsRewritten") {
  TableLog log;
  leat::test::Random random(3);
  log.put_random(random, 500, 300);
  log.roll();
  log.compact(with_retention(0));
  auto reader = reader_of(log);
  while (reader->position().cut() < CutId(1)) REQUIRE((*reader->next(1, kNoLimit, 0ms)));
  REQUIRE((*reader->next(1, kNoLimit, 0ms)));
  ReadPosition inside = reader->position();
  CHECK(inside.can_resume(*log.log->state(), {TableLog::kTopic}));
  size_t left = *drain(*reader);
  CHECK(*drain(*reader_of(log, *ReadPosition::decode(inside.encode()))) == left);
  reader.reset();
  log.put("key1", "new");
  log.roll();
  log.compact(with_retention(0));
  CHECK_FALSE(inside.can_resume(*log.log->state(), {TableLog::kTopic}));
}

TEST_CASE("ReplacedGenerationIsTakenBackAsItIsNow") {
  TableLog log;
  leat::test::Random random(4);
  log.put_random(random, 200, 30);
  auto reader = reader_of(log);
  REQUIRE(drain(*reader).ok());
  log.roll();
  log.compact(with_retention(0));
  auto rows = log.rows;
  log.make_topic_again();
  std::map<std::string, std::string> taken_back;
  while (true) {
    auto step = reader->next(300, kNoLimit, 0ms);
    REQUIRE(step.ok());
    if (!*step) break;
    for (const TopicChunk& chunk : (*step)->chunks) {
      CHECK(chunk.retracts);
      CHECK_FALSE(chunk.has_before);
      for (const RecordView& record : chunk.records) {
        taken_back[std::string(record.key)] = *record.value;
      }
    }
  }
  CHECK(taken_back == rows);
}

TEST_CASE("TableIsCompactedOnceEnoughOfItIsDirtyOrAnythingIsTooOld") {
  TableLog log;
  TopicSettings settings;
  settings.compaction_dirty_percent = 60;
  settings.compaction_lag_ms_max = 60'000;
  alter(log, settings);
  leat::test::Random random(5);
  log.put_random(random, 400, 400);
  log.roll();
  Cleaner cleaner(log.log->segments(), {});
  cleaner.run_once();
  CHECK(cleaner.totals().compactions == 1);
  log.put_random(random, 20, 400);
  log.roll();
  cleaner.run_once();
  CHECK(cleaner.totals().compactions == 1);
  log.clock.now_ms += 60'000;
  cleaner.run_once();
  CHECK(cleaner.totals().compactions == 2);
}

TEST_CASE("RecordsYoungerThanTheLeastLagStay") {
  TableLog log;
  TopicSettings settings;
  settings.compaction_lag_ms_min = 1000;
  alter(log, settings);
  log.put_all({{"a", "1"}, {"a", "2"}});
  log.roll();
  Cleaner cleaner(log.log->segments(), {});
  cleaner.run_once();
  CHECK(keys_of(log) == Keys{"a", "a"});
  log.clock.now_ms += 1000;
  cleaner.run_once();
  CHECK(keys_of(log) == Keys{"a"});
}

TEST_CASE("TombstonesOfAQuietTableGoToo") {  // KAFKA-8522
  TableLog log;
  TopicSettings settings;
  settings.tombstone_retention_ms = 1000;
  alter(log, settings);
  log.put_all({{"a", "1"}, {"a", std::nullopt}, {"b", "1"}});
  log.roll();
  Cleaner cleaner(log.log->segments(), {});
  cleaner.run_once();
  CHECK(keys_of(log) == Keys{"a-", "b"});
  log.clock.now_ms += 2000;
  cleaner.run_once();
  CHECK(keys_of(log) == Keys{"b"});
}

TEST_CASE("CompactionOnRequestTakesTheOpenSegmentToo") {
  TableLog log;
  log.put_all({{"a", "1"}, {"a", "2"}});
  Cleaner cleaner(log.log->segments(), {});
  Progress progress;
  auto done = cleaner.compact_now(TableLog::kTopic, progress);
  REQUIRE(done.ok());
  CHECK(done->records_read == 2);
  CHECK(done->records_kept == 1);
  CHECK(progress.bytes_done == progress.bytes_total);
  CHECK(keys_of(log) == Keys{"a"});
  CHECK_FALSE(cleaner.compact_now("nothing", progress).ok());
}

TEST_CASE("NoRoomForACompactionLeavesTheLogAsItWas") {
  TableLog log;
  leat::test::Random random(6);
  log.put_random(random, 200, 20);
  log.roll();
  auto before = log.entries();
  for (uint64_t at = 0; at < 6; ++at) {
    log.fs.fail(leat::test::RecordingFs::Failure::no_space, at, false);
    auto done = log.try_compact(with_retention(0));
    log.fs.stop_failing();
    if (!done.ok()) {
      CHECK(done.error().is_transient());
      CHECK(log.entries() == before);
    }
  }
  CHECK(log.try_compact(with_retention(0)).ok());
  log.put("key0", "still takes changes");
}

// The clock stands still: at a rate the cleaner would never get beyond its first bytes.
TEST_CASE("ACompactionOnRequestDoesNotWaitForTheRateOfTheCleanersOwnWork") {
  TableLog log;
  for (int i = 0; i < 300; ++i) log.put("key" + std::to_string(i % 9), "value");
  log.roll();
  CleanerOptions slow;
  slow.bytes_per_second = 1;
  Cleaner cleaner(log.log->segments(), slow);
  auto own = std::async(std::launch::async, [&] { cleaner.run_once(); });
  while (cleaner.work_at_hand().bytes_total == 0) std::this_thread::sleep_for(1ms);
  compaction::Progress progress;
  auto done = std::async(std::launch::async,
                         [&] { return cleaner.compact_now(TableLog::kTopic, progress); });
  CHECK(done.wait_for(60s) == std::future_status::ready);
  cleaner.stop();
  CHECK(done.get().ok());
  own.get();
  CHECK_FALSE(progress.waits);
  CHECK(cleaner.totals().compactions == 1);
  CHECK(log.entries().size() == 9);
}

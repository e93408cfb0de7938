// Bytes that rot: every one of a small log is flipped in turn. The damage is found, and named, or
// it changes nothing; only the very last journal record may take a flip for a torn tail.
#include <catch2/catch.hpp>

#include "log/local_log.h"
#include "tests/log/small_log.h"
#include "tests/support/log_model.h"
#include "tests/support/recording_fs.h"

using namespace leat;
using namespace leat::log;
using namespace std::chrono_literals;
using test::LogModel;
using test::RecordingFs;
using test::SimulatedDisk;
using test::small_log;

namespace {

// A disk with a log of UNITS units; CLOSED or killed.
struct Small {
  Small(size_t units, bool closed, uint64_t seed = 1) : model(seed) {
    test::write_small_log(disk, model, units, closed);
  }

  LogModel model;
  std::shared_ptr<SimulatedDisk> disk = std::make_shared<SimulatedDisk>();
};

enum class Outcome { refused, quarantined, harmless, last_cut_lost, silent_damage };

Outcome open_damaged(const Small& small, const std::string& path, std::string bytes) {
  auto disk = small.disk->copy();
  disk->set_contents(path, std::move(bytes));
  RecordingFs fs(disk);
  auto opened = LocalLog::open(small_log(fs));
  if (!opened.ok())
    return opened.error().is_transient() ? Outcome::silent_damage : Outcome::refused;
  LocalLog& log = **opened;
  size_t units = LogModel::units_in(*log.state());
  std::string difference = small.model.difference(log, units);
  fs.kill();
  bool is_all = units == small.model.count();
  if (difference.empty() && is_all) return Outcome::harmless;
  if (difference.empty() && units + 1 == small.model.count()) return Outcome::last_cut_lost;
  // What was read is an error that names its partition.
  bool is_named = difference.find("segment") != std::string::npos;
  return is_all && is_named ? Outcome::quarantined : Outcome::silent_damage;
}

std::map<Outcome, size_t> flip_each_byte(const Small& small, const std::string& path,
                                         size_t stride) {
  std::map<Outcome, size_t> outcomes;
  std::string bytes = small.disk->contents(path);
  for (size_t at = 0; at < bytes.size(); at += stride) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    Outcome outcome = open_damaged(small, path, damaged);
    if (outcome == Outcome::silent_damage) FAIL_CHECK(path << ", byte " << at);
    ++outcomes[outcome];
  }
  return outcomes;
}

std::string live_journal(const Small& small) {
  std::string live;
  for (const std::string& path : small.disk->files()) {
    if (path.ends_with(".journal")) live = std::max(live, path);
  }
  return live;
}

}  // namespace

TEST_CASE("AFlippedByteOfTheCheckpointIsRefused") {
  Small small(6, true);
  auto outcomes = flip_each_byte(small, "/data/CHECKPOINT", 1);
  CHECK(outcomes.size() == 1);
  CHECK(outcomes[Outcome::refused] > 100);
}

TEST_CASE("AFlippedByteOfTheJournalIsFoundOrHarmlessButForTheLastRecord") {
  Small small(6, false);
  auto outcomes = flip_each_byte(small, live_journal(small), 5);
  CHECK(outcomes[Outcome::refused] > 100);
  CHECK(outcomes[Outcome::harmless] > 100);
  CHECK(outcomes[Outcome::last_cut_lost] < outcomes[Outcome::refused]);
  CHECK(outcomes[Outcome::quarantined] == 0);
}

TEST_CASE("AFlippedByteOfASegmentQuarantinesItsPartitionAlone") {
  Small small(14, true, GENERATE(1, 2, 3));  // topics of every codec
  size_t found = 0;
  for (const std::string& path : small.disk->files()) {
    if (!path.ends_with(".log") || path.find("leat.schemas") != std::string::npos) continue;
    auto outcomes = flip_each_byte(small, path, 3);
    found += outcomes[Outcome::quarantined];
    CHECK(outcomes[Outcome::refused] == 0);
    CHECK(outcomes[Outcome::last_cut_lost] == 0);
  }
  CHECK(found > 100);
}

TEST_CASE("AFlippedByteOfAnIndexFileIsHarmless") {
  Small small(8, true);
  size_t flipped = 0;
  for (const std::string& path : small.disk->files()) {
    if (!path.ends_with("index")) continue;
    auto outcomes = flip_each_byte(small, path, 3);
    CHECK(outcomes.size() == 1);
    flipped += outcomes[Outcome::harmless];
  }
  CHECK(flipped > 30);
}

TEST_CASE("ASegmentThatIsMissingOrShortQuarantinesItsPartitionAndTheRestGoesOn") {
  auto disk = std::make_shared<SimulatedDisk>();
  RecordingFs fs(disk);
  RecordingFs again(disk);
  auto log = *LocalLog::open(small_log(fs));
  GenerationId generation = log->allocate_generation();
  CommitUnit unit;
  unit.edits = {CreateTopic{"orders", TopicKind::table},
                BeginGeneration{"orders", generation, SchemaId(1), 2},
                SwitchGeneration{"orders", generation}};
  for (int partition = 0; partition < 2; ++partition) {
    PartitionAppend append{{generation, PartitionIndex(partition)}, {}};
    append.records.add(1, "key", "value", "header");
    unit.appends.push_back(std::move(append));
  }
  REQUIRE(log->submit(std::move(unit)).ok());
  REQUIRE(log->close().ok());
  fs.kill();
  for (const std::string& path : disk->files()) {
    if (path.find("orders-0") == std::string::npos) continue;
    disk->set_contents(path, disk->contents(path).substr(0, 70));
  }

  log = *LocalLog::open(small_log(again));
  const TopicState* orders = log->state()->find("orders");
  CHECK(orders->current->partitions[0].damage.find("has 70 of its") != std::string::npos);
  CHECK(orders->current->partitions[1].damage.empty());
  auto damaged = (*log->read_partition({generation, PartitionIndex(0)}, Offset(0)))->next(1000);
  REQUIRE_FALSE(damaged.ok());
  CHECK(damaged.error().message().find("orders-0 is quarantined") != std::string::npos);
  CHECK((*log->read_partition({generation, PartitionIndex(1)}, Offset(0)))->next(1000)->size() ==
        1);

  // It still takes records, in a fresh segment: what follows the damage is sound.
  CommitUnit more;
  more.appends.push_back({{generation, PartitionIndex(0)}, {}});
  more.appends[0].records.add(2, "later", "value", "header");
  REQUIRE(*log->wait_durable(*log->submit(std::move(more)), 60s));
  CHECK(log->state()->find("orders")->current->partitions[0].end == Offset(2));
}

TEST_CASE("DamageThatAReaderMeetsShowsInTheStateAndWhatIsSoundStaysReadable") {
  auto disk = std::make_shared<SimulatedDisk>();
  RecordingFs fs(disk);
  RecordingFs again(disk);
  auto log = *LocalLog::open(small_log(fs));
  GenerationId generation = log->allocate_generation();
  PartitionId id{generation, PartitionIndex(0)};
  CommitUnit unit;
  unit.edits = {CreateTopic{"orders", TopicKind::table},
                BeginGeneration{"orders", generation, SchemaId(1), 1},
                SwitchGeneration{"orders", generation}};
  REQUIRE(log->submit(std::move(unit)).ok());
  for (int i = 0; i < 3; ++i) {
    CommitUnit one;
    one.appends.push_back({id, {}});
    one.appends[0].records.add(1, "key", "value", "header");
    REQUIRE(*log->wait_durable(*log->submit(std::move(one)), 60s));
  }
  std::string path = "/data/segments/1/orders-0/00000000000000000000.log";
  std::string bytes = disk->contents(path);
  bytes[bytes.size() / 2] ^= 1;  // in the second of three batches
  disk->set_contents(path, bytes);
  CutId cut = log->state()->cut;
  auto reader = *log->read_partition(id, Offset(0));
  CHECK((*reader->next(1)).size() == 1);
  auto damaged = reader->next(1);
  REQUIRE_FALSE(damaged.ok());
  REQUIRE(*log->wait_cut(cut, 60s));
  auto damage_of = [](const LocalLog& of) {
    return of.state()->find("orders")->current->partitions[0].damage;
  };
  CHECK(damage_of(*log) == damaged.error().message());
  CHECK_THAT(damage_of(*log), Catch::Contains("00000000000000000000.log, byte "));
  REQUIRE(log->close().ok());
  fs.kill();

  log = *LocalLog::open(small_log(again));
  CHECK_FALSE(damage_of(*log).empty());
  CHECK((*(*log->read_partition(id, Offset(0)))->next(1)).size() == 1);
}

TEST_CASE("UnknownFormatVersionsAreRefusedByFileName") {
  bool closed = GENERATE(true, false);  // killed: the journal holds records
  for (bool of_journal : {false, true}) {
    Small small(3, closed);
    std::string path = of_journal ? live_journal(small) : "/data/CHECKPOINT";
    std::string bytes = small.disk->contents(path);
    bytes[7] = '2';
    small.disk->set_contents(path, bytes);
    RecordingFs fs(small.disk);
    auto opened = LocalLog::open(small_log(fs));
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().message().find(path) == 0);
    CHECK(opened.error().message().find("unknown format version") != std::string::npos);
  }
}

TEST_CASE("ASegmentOfAnUnknownFormatVersionSaysSoWhereItIsRead") {
  Small small(14, true);
  for (const std::string& path : small.disk->files()) {
    if (!path.ends_with(".log")) continue;
    std::string bytes = small.disk->contents(path);
    bytes[16] = 3;  // the first batch's magic
    small.disk->set_contents(path, bytes);
  }
  RecordingFs fs(small.disk);
  auto log = *LocalLog::open(small_log(fs));
  CHECK_THAT(small.model.difference(*log, small.model.count()),
             Catch::Contains(".log, byte 0") && Catch::Contains("unknown format version 3"));
  fs.kill();
}

TEST_CASE("AnIndexOfAnUnknownFormatVersionIsMadeAnew") {
  Small small(8, true);
  size_t changed = 0;
  for (const std::string& path : small.disk->files()) {
    if (!path.ends_with(".cutindex")) continue;
    std::string bytes = small.disk->contents(path);
    REQUIRE(bytes.starts_with("LEATCIX1"));
    bytes[7] = '2';
    small.disk->set_contents(path, bytes);
    CHECK(open_damaged(small, path, bytes) == Outcome::harmless);
    ++changed;
  }
  CHECK(changed > 0);
}

TEST_CASE("DataWithoutACheckpointIsRefused") {
  Small small(3, true);
  RecordingFs fs(small.disk);
  REQUIRE(fs.remove_file("/data/CHECKPOINT").ok());
  auto opened = LocalLog::open(small_log(fs));
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().message().find("CHECKPOINT is missing") != std::string::npos);
}

TEST_CASE("DirectoryInUseByAnotherLogIsRefused") {
  auto disk = std::make_shared<SimulatedDisk>();
  RecordingFs one(disk);
  RecordingFs other(disk);
  auto log = *LocalLog::open(small_log(one));
  CHECK_FALSE(LocalLog::open(small_log(other)).ok());
  log.reset();
  CHECK(LocalLog::open(small_log(other)).ok());
}

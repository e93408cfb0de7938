#include "log/log_verify.h"

#include <catch2/catch.hpp>

#include "log/data_paths.h"
#include "log/local_log.h"
#include "log/segment_index.h"
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

std::map<std::string, std::string> all_files(const SimulatedDisk& disk) {
  std::map<std::string, std::string> files;
  for (const std::string& path : disk.files()) files[path] = disk.contents(path);
  return files;
}

std::shared_ptr<SimulatedDisk> random_log(uint64_t seed, bool closed) {
  auto disk = std::make_shared<SimulatedDisk>();
  LogModel model(seed);
  test::write_small_log(disk, model, 25, closed);
  return disk;
}

VerifyReport verify(std::shared_ptr<SimulatedDisk> disk) {
  RecordingFs fs(std::move(disk));
  auto report = verify_log(fs, "/data", {});
  if (!report.ok()) FAIL(report.error().message());
  return *report;
}

std::string text_of(const VerifyReport& report) {
  std::string text;
  for (const Damage& damage : report.damage) {
    text += damage.file + ":" + std::to_string(damage.byte) + ": " + damage.what + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("VerifyFindsNothingInASoundLogAndChangesNoFile") {
  uint64_t seed = test::seed();
  for (uint64_t i = 0; i < 20; ++i) {
    INFO("LEAT_SEED=" << seed + i);
    auto disk = random_log(seed + i, i % 2 == 0);
    auto before = all_files(*disk);
    VerifyReport report = verify(disk);
    CHECK(text_of(report) == "");
    CHECK(report.records > 0);
    CHECK(report.cut >= CutId(25));
    CHECK(all_files(*disk) == before);
  }
}

TEST_CASE("VerifyNamesFileAndPlaceOfEveryFlippedByteOfASegment") {
  auto disk = random_log(1, true);
  size_t flips = 0;
  for (const std::string& path : disk->files()) {
    if (!path.ends_with(".log")) continue;
    std::string bytes = disk->contents(path);
    for (size_t at = 0; at < bytes.size(); at += 37) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
      auto copy = disk->copy();
      copy->set_contents(path, damaged);
      VerifyReport report = verify(copy);
      bool is_epoch =
          report.damage.empty();  // the leader epoch: in no checksum, and read by nobody
      ++flips;
      if (is_epoch) continue;
      INFO(path << ", byte " << at << "\n" << text_of(report));
      CHECK(report.damage[0].file == path);
      CHECK(report.damage[0].byte <= at);
      REQUIRE(report.damage[0].place);
      CHECK(path.find("/" + topic_file_name(report.damage[0].place->topic) + "-") !=
            std::string::npos);
    }
  }
  CHECK(flips > 50);
}

TEST_CASE("VerifyReportsEachOfSeveralDamagesAndHowFarThePartitionIsSound") {
  auto disk = std::make_shared<SimulatedDisk>();
  RecordingFs fs(disk);
  auto log = *LocalLog::open(small_log(fs));
  GenerationId generation = log->allocate_generation();
  CommitUnit unit;
  unit.edits = {CreateTopic{"orders"}, BeginGeneration{"orders", generation, SchemaId(0), 1},
                SwitchGeneration{"orders", generation}};
  REQUIRE(log->submit(std::move(unit)).ok());
  for (int i = 0; i < 8; ++i) {
    CommitUnit one;
    PartitionAppend append{{generation, PartitionIndex(0)}, {}};
    append.records.add(i, "key", std::string(50, 'x'), "");
    one.appends.push_back(std::move(append));
    REQUIRE(*log->wait_durable(*log->submit(std::move(one)), 60s));
  }
  REQUIRE(log->close().ok());
  fs.kill();
  std::string path = "/data/segments/1/orders-0/00000000000000000000.log";
  std::string bytes = disk->contents(path);
  size_t batch = bytes.size() / 8;
  bytes[2 * batch + 80] ^= 1;
  bytes[5 * batch + 80] ^= 1;
  disk->set_contents(path, bytes);
  VerifyReport report = verify(disk);
  REQUIRE(report.damage.size() == 2);
  CHECK(report.damage[0].byte == 2 * batch);
  CHECK(report.damage[0].place->sound_until == Offset(2));
  CHECK(report.damage[0].place->is_current);
  CHECK(report.damage[1].byte == 5 * batch);
  CHECK(report.records == 6);
}

// An index that a crash left unfinished is no damage; one that verifies and is another's is.
TEST_CASE("VerifyComparesEveryIndexWithItsSegment") {
  auto disk = random_log(4, true);
  VerifyReport sound = verify(disk);
  CHECK(sound.indexes == sound.segments);
  size_t tried = 0;
  for (const std::string& path : disk->files()) {
    if (!path.ends_with(".cutindex") || ++tried > 10) continue;
    INFO(path);
    std::string stem = path.substr(0, path.size() - std::string(".cutindex").size());
    for (const char* suffix : {".cutindex", ".index", ".timeindex"}) {
      auto copy = disk->copy();
      std::string bytes = copy->contents(stem + suffix);
      bytes[bytes.size() / 2] ^= 1;
      copy->set_contents(stem + suffix, bytes);
      VerifyReport report = verify(copy);
      CHECK(text_of(report) == "");
      REQUIRE(report.unfinished_indexes.size() == 1);
      CHECK(report.unfinished_indexes[0].starts_with(path));
      CHECK(report.indexes + 1 == report.segments);
    }
    Offset base(std::stoll(stem.substr(stem.rfind('/') + 1)));
    auto index = decode_index({disk->contents(stem + ".index"), disk->contents(stem + ".timeindex"),
                               disk->contents(path)},
                              base);
    REQUIRE(index.ok());
    index->entries[0].cut = index->entries[0].cut.next();
    auto copy = disk->copy();
    copy->set_contents(path, encode_index(*index, base).cuts);
    CHECK_THAT(text_of(verify(copy)),
               Catch::StartsWith(path + ":0: ") && Catch::Contains("not the index of its segment"));
  }
  CHECK(tried > 0);
}

TEST_CASE("VerifyReportsWhatRecoveryWouldRefuse") {
  auto disk = random_log(2, false);
  std::string checkpoint = disk->contents("/data/CHECKPOINT");
  checkpoint[30] ^= 1;
  disk->set_contents("/data/CHECKPOINT", checkpoint);
  VerifyReport report = verify(disk);
  REQUIRE(report.damage.size() == 1);
  CHECK(report.damage[0].what.find("/data/CHECKPOINT") != std::string::npos);
}

TEST_CASE("VerifyRefusesALogThatIsOpenAndADirectoryWithoutOne") {
  auto disk = std::make_shared<SimulatedDisk>();
  RecordingFs fs(disk);
  RecordingFs other(disk);
  auto log = *LocalLog::open(small_log(fs));
  CHECK_FALSE(verify_log(other, "/data", {}).ok());
  CHECK_FALSE(verify_log(other, "/nothing", {}).ok());
  fs.kill();
}

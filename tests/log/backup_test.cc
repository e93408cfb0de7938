// Backups of a log that is being written: each opens to a prefix of what was committed, with all in
// it that was durable when it began.
#include "log/backup.h"

#include <catch2/catch.hpp>
#include <thread>

#include "log/local_log.h"
#include "log/log_verify.h"
#include "tests/support/log_model.h"
#include "tests/support/recording_fs.h"

using namespace leat;
using namespace leat::log;
using namespace std::chrono_literals;
using test::LogModel;
using test::RecordingFs;
using test::SimulatedDisk;

namespace {

LocalLogOptions small_log(Fs& fs, const std::string& dir) {
  LocalLogOptions options{.fs = fs, .clock = Clock::system(), .dir = dir};
  options.journal_bytes = 32 << 10;
  options.segment_bytes_max = 4000;
  options.inline_bytes_max = 2000;
  options.on_fatal = [](const Error&) {};
  return options;
}

std::unique_ptr<LocalLog> open_log(Fs& fs, const std::string& dir) {
  auto log = LocalLog::open(small_log(fs, dir));
  if (!log.ok()) FAIL(log.error().message());
  return std::move(*log);
}

std::string damage_in(Fs& fs, const std::string& dir) {
  auto report = verify_log(fs, dir, {});
  if (!report.ok()) return report.error().message();
  std::string text;
  for (const Damage& damage : report->damage) text += damage.file + ": " + damage.what + "\n";
  return text;
}

struct Backup {
  std::string dir;
  size_t units_min;
  CutId cut;
};

}  // namespace

TEST_CASE("EveryBackupOfALogAtWorkIsSoundAndAPrefixWithAllThatWasDurable") {
  uint64_t seed = test::seed();
  INFO("LEAT_SEED=" << seed);
  auto disk = std::make_shared<SimulatedDisk>();
  RecordingFs fs(disk);
  LogModel model(seed);
  auto log = open_log(fs, "/data");
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; i < 400 && !done; ++i) {
      if (i % 10 == 0) log->set_reader_floor("view", log->state()->cut);
      auto ticket = log->submit(model.next_unit(*log, 3000));
      if (i % 5 == 0) (void)log->wait_durable(*ticket, 60s);
    }
    done = true;
  });
  std::vector<Backup> backups;
  for (int i = 0; i < 30 && (!done || i < 3); ++i) {
    Backup backup{"/backup" + std::to_string(i), LogModel::units_in(*log->state()), CutId(0)};
    auto copied = log->back_up(backup.dir, {});
    if (!copied.ok()) FAIL_CHECK(copied.error().message());
    if (!copied.ok()) break;
    CHECK(copied->missing.empty());
    backup.cut = copied->cut;
    backups.push_back(backup);
  }
  done = true;
  writer.join();
  uint64_t incarnation = log->state()->incarnation;
  fs.kill();
  log.reset();
  RecordingFs after(disk);
  for (const Backup& backup : backups) {
    INFO(backup.dir);
    CHECK(damage_in(after, backup.dir) == "");
    auto copy = open_log(after, backup.dir);
    CHECK(copy->state()->cut == backup.cut);
    CHECK(copy->state()->incarnation == incarnation);
    size_t units = LogModel::units_in(*copy->state());
    CHECK(units >= backup.units_min);
    CHECK(model.difference(*copy, units) == "");
  }
}

TEST_CASE("ARestoredLogHoldsTheSameAndHasAnIncarnationOfItsOwn") {
  auto disk = std::make_shared<SimulatedDisk>();
  RecordingFs fs(disk);
  LogModel model(3);
  auto log = open_log(fs, "/data");
  for (int i = 0; i < 28; ++i) REQUIRE(log->submit(model.next_unit(*log, 3000)).ok());
  REQUIRE(log->close().ok());
  uint64_t incarnation = log->state()->incarnation;
  CHECK(incarnation != 0);
  log.reset();
  log = open_log(fs, "/data");
  CHECK(log->state()->incarnation == incarnation);
  for (int i = 0; i < 2; ++i) {  // behind the checkpoint
    auto ticket = log->submit(model.next_unit(*log, 3000));
    REQUIRE(*log->wait_durable(*ticket, std::chrono::seconds(60)));
  }
  uint64_t bytes_told = 0;
  auto backup = log->back_up("/backup", [&](uint64_t bytes, uint64_t) { bytes_told = bytes; });
  REQUIRE(backup.ok());
  CHECK(bytes_told > 0);
  auto restored = restore_log(fs, "/backup", "/fresh/log", {});
  if (!restored.ok()) FAIL(restored.error().message());
  CHECK(restored->cut == backup->cut);
  CHECK(restored->cut == log->state()->cut);
  CHECK(restored->files == backup->files);
  CHECK(restored->bytes == backup->bytes);
  CHECK(damage_in(fs, "/fresh/log") == "");
  auto copy = open_log(fs, "/fresh/log");
  CHECK(model.difference(*copy, 30) == "");
  CHECK(copy->state()->incarnation != incarnation);
  CHECK(copy->state()->incarnation != 0);
  fs.kill();
}

TEST_CASE("BackupAndRestoreRefuseADirectoryThatHoldsSomething") {
  auto disk = std::make_shared<SimulatedDisk>();
  RecordingFs fs(disk);
  auto log = open_log(fs, "/data");
  REQUIRE(log->back_up("/backup", {}).ok());
  CHECK_FALSE(log->back_up("/backup", {}).ok());
  CHECK_FALSE(restore_log(fs, "/backup", "/data", {}).ok());
  CHECK_FALSE(restore_log(fs, "/nothing", "/fresh", {}).ok());
  fs.kill();
}

TEST_CASE("ABackupThatWasInterruptedIsNoLog") {
  auto disk = std::make_shared<SimulatedDisk>();
  RecordingFs fs(disk);
  LogModel model(5);
  auto log = open_log(fs, "/data");
  for (int i = 0; i < 20; ++i) REQUIRE(log->submit(model.next_unit(*log, 3000)).ok());
  REQUIRE(log->close().ok());
  log.reset();
  log = open_log(fs, "/data");  // its checkpoint names segments, which are copied
  bool killed = false;
  (void)log->back_up("/backup", [&](uint64_t, uint64_t) {
    if (!killed) fs.kill();
    killed = true;
  });
  REQUIRE(killed);
  RecordingFs after(disk);
  CHECK_FALSE(restore_log(after, "/backup", "/fresh", {}).ok());
  CHECK(damage_in(after, "/backup") != "");
}

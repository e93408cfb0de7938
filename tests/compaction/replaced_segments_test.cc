// Segments that compaction has replaced, while their files still wait for a checkpoint.
#include <algorithm>
#include <catch2/catch.hpp>

#include "log/backup.h"
#include "log/log_verify.h"
#include "tests/compaction/compaction_fixture.h"

using namespace leat;
using namespace leat::compaction;
using namespace leat::log;
using compaction::test::TableLog;
using leat::test::RecordingFs;
using leat::test::SimulatedDisk;

namespace {

// A log of small and large cuts, all compacted, whose old files are still there.
struct Replaced {
  Replaced() {
    table.inline_bytes_max = 1000;
    table.reopen();
    auto files = segment_files(*table.disk);
    table.put_all({{"a", std::string(2000, 'a')}, {"b", std::string(2000, 'b')}});
    for (int i = 0; i < 20; ++i) table.put("key" + std::to_string(i % 7), std::string(100, 'x'));
    table.put_all({{"a", std::string(2000, 'c')}, {"b", std::string(2000, 'd')}});
    for (const char* key : {"a", "b"}) table.put(key, "last");
    table.roll();
    for (const std::string& path : segment_files(*table.disk)) {
      if (std::find(files.begin(), files.end(), path) == files.end()) old_files.push_back(path);
    }
    table.compact();
    for (const std::string& path : old_files) REQUIRE(table.disk->contents(path).size() > 0);
  }

  static std::vector<std::string> segment_files(const SimulatedDisk& disk) {
    std::vector<std::string> files;
    for (const std::string& path : disk.files()) {
      if (path.ends_with(".log")) files.push_back(path);
    }
    return files;
  }
  // What opens on DISK is what is there, sound.
  void check(const std::shared_ptr<SimulatedDisk>& disk) {
    TableLog again(disk);
    CHECK(again.state().damage.empty());
    CHECK(again.entries() == table.entries());
  }

  TableLog table;
  std::vector<std::string> old_files;
};

}  // namespace

TEST_CASE("DamageInASegmentThatWasReplacedHurtsNobodyAfterACrash") {
  Replaced log;
  REQUIRE(log.old_files.size() > 2);
  for (const std::string& path : log.old_files) {
    auto disk = log.table.disk->copy();
    std::string bytes = disk->contents(path);
    bytes[bytes.size() / 2] ^= 1;
    disk->set_contents(path, bytes);
    log.check(disk);
  }
}

TEST_CASE("ASegmentThatWasReplacedMayBeMissingAfterACrash") {
  Replaced log;
  auto disk = log.table.disk->copy();
  RecordingFs fs(disk);
  for (const std::string& path : log.old_files) REQUIRE(fs.remove_file(path).ok());
  log.check(disk);
}

TEST_CASE("ABackupHoldsNoSegmentThatWasReplaced") {
  Replaced log;
  REQUIRE(log.table.log->back_up("/backup", {}).ok());
  for (const std::string& path : log.old_files) {
    INFO(path);
    CHECK_FALSE(*log.table.fs.exists("/backup" + path.substr(std::string("/data").size())));
  }
  auto report = verify_log(log.table.fs, "/backup", {});
  REQUIRE(report.ok());
  CHECK(report->damage.empty());
  CHECK(report->strays.empty());
  CHECK(report->records == log.table.entries().size());
}

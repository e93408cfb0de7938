// The index files beside the segments: made when a segment is full or the log is closed, used to
// find offsets, times and cuts, and never needed.
#include <catch2/catch.hpp>

#include "log/local_log.h"
#include "tests/support/random.h"
#include "tests/support/recording_fs.h"

using namespace leat;
using namespace leat::log;
using namespace std::chrono_literals;
using test::Random;
using test::RecordingFs;
using test::SimulatedDisk;

namespace {

LocalLogOptions small_log(Fs& fs) {
  LocalLogOptions options{.fs = fs, .clock = Clock::system(), .dir = "/data"};
  options.journal_bytes = 256 << 10;
  options.segment_bytes_max = 300 << 10;
  options.inline_bytes_max = 32 << 10;
  options.on_fatal = [](const Error&) {};
  return options;
}

// One partition of cuts of 4 to 40 KB; what it holds is remembered.
class IndexedLog {
 public:
  explicit IndexedLog(uint64_t indexed_bytes = UINT64_MAX)
      : indexed_bytes_max(indexed_bytes), random_(test::seed()) {
    open();
    generation_ = log->allocate_generation();
    TopicSettings settings;
    settings.segment_age_ms_max = kForeverMs;
    CommitUnit unit;
    unit.edits = {CreateTopic{"events", TopicKind::stream, settings},
                  BeginGeneration{"events", generation_, SchemaId(1), 1},
                  SwitchGeneration{"events", generation_}};
    commit(std::move(unit));
  }

  ~IndexedLog() { log.reset(); }

  void open() {
    fs_ = std::make_unique<RecordingFs>(disk);
    LocalLogOptions options = small_log(*fs_);
    options.indexed_bytes_max = indexed_bytes_max;
    auto opened = LocalLog::open(std::move(options));
    if (!opened.ok()) FAIL(opened.error().message());
    log = std::move(*opened);
  }
  void close() {
    REQUIRE(log->close().ok());
    kill();
  }
  void kill() {
    fs_->kill();
    log.reset();
  }

  void add_cuts(size_t count) {
    for (size_t i = 0; i < count; ++i) {
      CommitUnit unit;
      unit.appends.push_back({{generation_, PartitionIndex(0)}, {}});
      size_t records = 1 + random_.below(40);
      for (size_t r = 0; r < records; ++r) {
        time_ms_ += random_.between(-20, 30);
        unit.appends[0].records.add(time_ms_, "key", std::string(1000, 'v'), "h");
        times_.push_back(time_ms_);
      }
      commit(std::move(unit));
      ends_[log->state()->cut] = Offset(static_cast<int64_t>(times_.size()));
    }
  }

  // Offsets, cuts and times are found where they are.
  void check_finds() {
    for (int i = 0; i < 40; ++i) {
      Offset offset(static_cast<int64_t>(random_.below(times_.size())));
      auto reader = log->read_partition({generation_, PartitionIndex(0)}, offset);
      auto records = (*reader)->next(1);
      if (!records.ok()) FAIL(records.error().message());
      REQUIRE(!records->empty());
      CHECK(records->front().offset == offset);
      CHECK(records->front().timestamp_ms == times_[static_cast<size_t>(offset.value())]);
    }
    for (const auto& [cut, end] : ends_) CHECK(log->offsets_at(generation_, cut)->front() == end);
    for (int i = 0; i < 40; ++i) check_time(times_[random_.below(times_.size())]);
    check_time(INT64_MIN);
    check_time(INT64_MAX);
  }

  std::vector<std::string> index_files() const {
    std::vector<std::string> found;
    for (const std::string& path : disk->files()) {
      if (path.find("events-0") != std::string::npos && path.ends_with("index")) {
        found.push_back(path);
      }
    }
    return found;
  }
  size_t segments() const {
    size_t count = 0;
    for (const std::string& path : disk->files()) {
      count += path.find("events-0") != std::string::npos && path.ends_with(".log") ? 1 : 0;
    }
    return count;
  }
  std::shared_ptr<SimulatedDisk> disk = std::make_shared<SimulatedDisk>();
  std::unique_ptr<LocalLog> log;
  uint64_t indexed_bytes_max;  // of a log that is opened from then on

 private:
  void commit(CommitUnit unit) {
    auto ticket = log->submit(std::move(unit));
    REQUIRE(ticket.ok());
    REQUIRE(*log->wait_durable(*ticket, 60s));
  }

  // The first record of that time or later: of the first segment whose highest time is not lower,
  // so the first of all.
  void check_time(int64_t time_ms) {
    auto first =
        std::find_if(times_.begin(), times_.end(), [&](int64_t time) { return time >= time_ms; });
    auto found = log->offsets_at_time(generation_, time_ms);
    REQUIRE(found.ok());
    CHECK(found->front() == Offset(first - times_.begin()));
  }

  Random random_;
  std::unique_ptr<RecordingFs> fs_;
  GenerationId generation_;
  int64_t time_ms_ = 1000;
  std::vector<int64_t> times_;
  std::map<CutId, Offset> ends_;
};

}  // namespace

TEST_CASE("ClosingTheLogLeavesAnIndexBesideEverySegment") {
  IndexedLog h;
  h.add_cuts(60);
  h.close();
  CHECK(h.segments() > 3);
  CHECK(h.index_files().size() == 3 * h.segments());
}

TEST_CASE("AFullSegmentIsIndexedWithACheckpointWhileTheLogRuns") {
  IndexedLog h;
  h.add_cuts(120);
  h.kill();
  CHECK(h.index_files().size() >= 3);
  CHECK(h.index_files().size() < 3 * h.segments());
}

TEST_CASE("WhatIsTooMuchToIndexAtOnceIsIndexedTheNextTime") {
  IndexedLog h(1);  // one segment each time
  h.add_cuts(60);
  h.kill();
  RecordingFs fs(h.disk);
  for (const std::string& path : h.index_files()) REQUIRE(fs.remove_file(path).ok());
  fs.kill();
  REQUIRE(h.segments() > 3);
  for (size_t round = 1; round <= 2; ++round) {
    h.open();
    h.close();
    CHECK(h.index_files().size() == 3 * round);
  }
  h.indexed_bytes_max = UINT64_MAX;
  h.open();
  h.close();
  CHECK(h.index_files().size() == 3 * h.segments());
}

TEST_CASE("OffsetsTimesAndCutsAreFoundWithIndexesWithoutThemAndWithStaleOnes") {
  INFO("LEAT_SEED=" << test::seed());
  IndexedLog h;
  h.add_cuts(60);
  h.check_finds();  // by what was noted while appending
  h.close();
  h.open();
  h.check_finds();  // by the files
  h.add_cuts(60);   // the last segment's index is stale
  h.check_finds();
  h.kill();
  h.open();
  h.check_finds();
  h.kill();
  RecordingFs fs(h.disk);
  for (const std::string& path : h.index_files()) REQUIRE(fs.remove_file(path).ok());
  fs.kill();
  h.open();
  h.check_finds();
  h.close();
  CHECK(h.index_files().size() == 3 * h.segments());  // made anew
}

TEST_CASE("ADamagedIndexIsNotUsedAndMadeAnew") {
  INFO("LEAT_SEED=" << test::seed());
  IndexedLog h;
  h.add_cuts(60);
  h.close();
  std::map<std::string, std::string> whole;
  Random random(test::seed());
  for (const std::string& path : h.index_files()) {
    std::string bytes = whole[path] = h.disk->contents(path);
    size_t at = random.below(bytes.size());
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
    h.disk->set_contents(path, bytes);
  }
  h.open();
  h.check_finds();
  h.close();
  for (const auto& [path, bytes] : whole) CHECK(h.disk->contents(path) == bytes);
}

TEST_CASE("AnIndexOfAnotherSegmentMisleadsNobody") {
  IndexedLog h;
  h.add_cuts(60);
  h.close();
  // The checksums are good, the places are not: each segment gets the index of the next.
  std::vector<std::string> files = h.index_files();
  std::vector<std::string> bytes;
  for (const std::string& path : files) bytes.push_back(h.disk->contents(path));
  for (size_t i = 0; i + 3 < files.size(); ++i) h.disk->set_contents(files[i], bytes[i + 3]);
  h.open();
  h.check_finds();
}

TEST_CASE("ASegmentWhoseFirstRecordIsTooOldTakesNoMore") {
  IndexedLog h;
  GenerationId generation = h.log->allocate_generation();
  TopicSettings settings;
  settings.segment_age_ms_max = 100000;
  CommitUnit unit;
  unit.edits = {CreateTopic{"aged", TopicKind::stream, settings},
                BeginGeneration{"aged", generation, SchemaId(1), 1},
                SwitchGeneration{"aged", generation}};
  REQUIRE(h.log->submit(std::move(unit)).ok());
  for (int64_t time : {500000, 590000, 600000, 600001, 400000, 700002}) {
    CommitUnit more;
    more.appends.push_back({{generation, PartitionIndex(0)}, {}});
    more.appends[0].records.add(time, "key", "value", "h");
    REQUIRE(*h.log->wait_durable(*h.log->submit(std::move(more)), 60s));
  }
  std::vector<std::string> segments;
  for (const std::string& path : h.disk->files()) {
    if (path.find("aged-0") != std::string::npos) segments.push_back(path.substr(path.size() - 6));
  }
  CHECK(segments == std::vector<std::string>{"00.log", "03.log", "05.log"});
}

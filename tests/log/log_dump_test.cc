#include "log/log_dump.h"

#include <catch2/catch.hpp>

#include "log/local_log.h"
#include "tests/support/recording_fs.h"

using namespace leat;
using namespace leat::log;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

struct DumpedLog {
  DumpedLog() {
    LocalLogOptions options{.fs = fs, .clock = Clock::system(), .dir = "/data"};
    options.journal_bytes = 64 << 10;
    options.on_fatal = [](const Error&) {};
    auto log = *LocalLog::open(std::move(options));
    GenerationId generation = log->allocate_generation();
    CommitUnit unit;
    unit.edits = {CreateTopic{"orders"}, BeginGeneration{"orders", generation, SchemaId(7), 1},
                  SwitchGeneration{"orders", generation}};
    PartitionAppend append{{generation, PartitionIndex(0)}, {}};
    append.records.add(1000, "key\x01", "value", "header");
    append.records.add(1000, "gone", std::nullopt, "header");
    unit.appends.push_back(std::move(append));
    unit.position = SourcePosition{"shop", "17"};
    REQUIRE(*log->wait_durable(*log->submit(std::move(unit)), 60s));
    fs.kill();
  }

  std::string dump(const std::string& path) {
    test::RecordingFs reader(disk);
    return collect([&](const DumpSink& sink) { return dump_file(reader, path, sink); });
  }
  static std::string collect(const std::function<Status(const DumpSink&)>& run) {
    std::string text;
    Status done = run([&](std::string_view lines) -> Status {
      text += lines;
      return Ok{};
    });
    return done.ok() ? text : "error: " + done.error().message();
  }

  std::shared_ptr<test::SimulatedDisk> disk = std::make_shared<test::SimulatedDisk>();
  test::RecordingFs fs{disk};
  std::string segment = "/data/segments/1/orders-0/00000000000000000000.log";
  std::string journal = "/data/journal/00000000000000000001.journal";
};

}  // namespace

TEST_CASE("ADumpOfASegmentShowsBatchesAndRecords") {
  DumpedLog log;
  std::string text = log.dump(log.segment);
  CHECK_THAT(text, Contains("byte 0: offsets 0 to 2, 2 records, cut 1"));
  CHECK_THAT(text, Contains("0: time 1000 ms, key \"key\\x01\", value 5 bytes \"value\""));
  CHECK_THAT(text, Contains("1: time 1000 ms, key \"gone\", tombstone"));
}

TEST_CASE("ADumpOfTheJournalShowsWhatEachCutDid") {
  DumpedLog log;
  std::string text = log.dump(log.journal);
  CHECK_THAT(text, Contains("1 cuts from cut 1 on"));
  CHECK_THAT(text, Contains("edit: create table topic orders"));
  CHECK_THAT(text, Contains("begin generation 1 of orders: schema 7, 1 partitions"));
  CHECK_THAT(text, Contains("source shop at 17"));
  CHECK_THAT(text, Contains("ends at offset 2, inline"));
}

TEST_CASE("ADumpOfATopicAndTheCheckpointComeFromTheClosedLog") {
  DumpedLog log;
  test::RecordingFs reader(log.disk);
  auto image = LogImage::open(reader, "/data");
  REQUIRE(image.ok());
  std::string text =
      DumpedLog::collect([&](const DumpSink& sink) { return dump_topic(**image, "orders", sink); });
  CHECK_THAT(text, Contains("orders-0 of generation 1: offsets 0 to 2"));
  CHECK_THAT(text, Contains("key \"gone\", tombstone"));
  CHECK_THAT(log.dump("/data/CHECKPOINT"), Contains("cut 0, next journal 1"));
  std::string unknown =
      DumpedLog::collect([&](const DumpSink& sink) { return dump_topic(**image, "none", sink); });
  CHECK_THAT(unknown, Contains("there is no topic none"));
}

TEST_CASE("ADumpSaysWhereAFileIsDamagedAndGoesOn") {
  DumpedLog log;
  std::string bytes = log.disk->contents(log.segment);
  bytes[70] ^= 1;
  log.disk->set_contents(log.segment, bytes);
  CHECK_THAT(log.dump(log.segment), Contains("byte 0: DAMAGED: "));
  bytes = log.disk->contents(log.journal);
  bytes[10] ^= 1;
  log.disk->set_contents(log.journal, bytes);
  CHECK_THAT(log.dump(log.journal), Contains("DAMAGED: its header does not verify"));
  CHECK_THAT(log.dump("/data/LOCK"), Contains("is no file of a log"));
}

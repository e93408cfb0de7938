// Units in parts: one cut, or nothing.
#include <catch2/catch.hpp>
#include <thread>

#include "log/local_log.h"
#include "tests/support/recording_fs.h"

using namespace leat;
using namespace leat::log;
using namespace std::chrono_literals;
using test::RecordingFs;
using test::SimulatedDisk;

namespace {

class Fixture {
 public:
  Fixture() {
    open();
    generation = log->allocate_generation();
    CommitUnit unit;
    SchemaId schema = log->schema_id(Schema{{{"id", {TypeId::int64}, true}}, {0}});
    unit.edits = {CreateTopic{"t", TopicKind::table}, BeginGeneration{"t", generation, schema, 2},
                  SwitchGeneration{"t", generation}};
    wait(*log->submit(std::move(unit)));
  }
  ~Fixture() { log.reset(); }

  void open() {
    LocalLogOptions options{.fs = *fs, .clock = Clock::system(), .dir = "/data"};
    options.journal_bytes = 64 << 10;
    options.segment_bytes_max = 20'000;
    options.inline_bytes_max = 2000;
    options.queue_bytes_max = 30'000;
    options.on_fatal = [](const Error&) {};
    auto opened = LocalLog::open(options);
    if (!opened.ok()) FAIL(opened.error().message());
    log = std::move(*opened);
  }
  // As after a kill.
  void reopen() {
    fs->kill();
    log.reset();
    fs = std::make_unique<RecordingFs>(disk);
    open();
  }

  CommitUnit part(const std::string& key, size_t bytes = 10, int32_t partition = 0) {
    CommitUnit unit;
    PartitionAppend append{{generation, PartitionIndex(partition)}, {}};
    append.records.add(1, key, std::string(bytes, 'v'), "h");
    unit.appends.push_back(std::move(append));
    return unit;
  }
  void wait(Ticket ticket) {
    auto durable = log->wait_durable(ticket, 60s);
    if (!durable.ok()) FAIL(durable.error().message());
    REQUIRE(*durable);
  }
  std::string keys(int32_t partition = 0) {
    auto reader = log->read_partition({generation, PartitionIndex(partition)}, Offset(0));
    std::string out;
    while (true) {
      auto records = (*reader)->next(1 << 20);
      if (!records.ok()) FAIL(records.error().message());
      if (records->empty()) return out;
      for (const RecordView& record : *records) out += std::string(record.key) + " ";
    }
  }
  uint64_t segment_bytes() const {
    uint64_t sum = 0;
    for (const std::string& file : disk->files()) {
      if (file.find("/segments/" + std::to_string(generation.value()) + "/") != std::string::npos) {
        sum += disk->contents(file).size();
      }
    }
    return sum;
  }

  std::shared_ptr<SimulatedDisk> disk = std::make_shared<SimulatedDisk>();
  std::unique_ptr<RecordingFs> fs = std::make_unique<RecordingFs>(disk);
  std::unique_ptr<LocalLog> log;
  GenerationId generation;
};

void until(const std::function<bool()>& done) {
  while (!done()) std::this_thread::sleep_for(1ms);
}

}  // namespace

TEST_CASE("PartsOfAUnitAreOneCutThatTheLastOneMakes") {
  Fixture f;
  CutId before = f.log->state()->cut;
  auto writer = *f.log->open_unit();
  for (int i = 0; i < 20; ++i) {
    REQUIRE(writer->add(f.part(std::to_string(i), 3000, i % 2)).ok());
  }
  until([&] { return f.log->health().queued_bytes == 0; });
  CHECK(f.log->health().unit_in_parts_us > 0);
  CHECK(f.log->state()->cut == before);
  CHECK(f.keys() == "");
  CommitUnit last = f.part("last");
  last.position = SourcePosition{"s", "9"};
  f.wait(*writer->commit(std::move(last)));
  CHECK(f.log->state()->cut == before.next());
  CHECK(f.log->state()->source_positions.at("s") == "9");
  CHECK(f.log->health().unit_in_parts_us == 0);
  CHECK(f.keys(0) == "0 2 4 6 8 10 12 14 16 18 last ");
  f.reopen();
  CHECK(f.keys(0) == "0 2 4 6 8 10 12 14 16 18 last ");
  CHECK(f.keys(1) == "1 3 5 7 9 11 13 15 17 19 ");
}

TEST_CASE("TheBytesOfAUnitInPartsThatWaitAreBounded") {
  Fixture f;
  f.fs->fail(RecordingFs::Failure::no_space, 0, true);
  auto writer = *f.log->open_unit();
  int added = 0;
  std::thread parts([&] {
    while (added < 20 && writer->add(f.part(std::to_string(added), 10'000)).ok()) ++added;
  });
  until([&] { return !f.log->health().paused_reason.empty(); });
  until([&] { return f.log->health().queued_bytes > 15'000; });
  CHECK(f.log->health().queued_bytes <= 30'000);
  f.fs->stop_failing();
  parts.join();
  CHECK(added == 20);
  f.wait(*writer->commit({}));
  CHECK(f.keys().ends_with("18 19 "));
}

TEST_CASE("OtherWritersWaitForTheLastPartAndGoOnBehindIt") {
  Fixture f;
  auto writer = *f.log->open_unit();
  REQUIRE(writer->add(f.part("first")).ok());
  auto other = f.log->submit(f.part("other", 10, 1));
  REQUIRE(other.ok());
  CHECK_FALSE(*f.log->wait_durable(*other, 20ms));
  std::optional<Result<Ticket>> committed;
  std::thread second([&] {
    auto next = f.log->open_unit();
    committed = (*next)->commit(f.part("second unit", 10, 1));
  });
  auto ticket = *writer->commit(f.part("last"));
  CHECK(ticket < *other);
  f.wait(*other);
  second.join();
  CHECK(committed->ok());
  until([&] { return f.keys(1) == "other second unit "; });
  CHECK(f.keys(0) == "first last ");
}

TEST_CASE("AnAbandonedUnitLeavesNothingAndOthersGoOn") {
  Fixture f;
  f.wait(*f.log->submit(f.part("before", 3000)));
  uint64_t bytes = f.segment_bytes();
  auto writer = *f.log->open_unit();
  for (int i = 0; i < 20; ++i) REQUIRE(writer->add(f.part("gone", 3000)).ok());
  auto other = f.log->submit(f.part("other", 10, 1));
  until([&] { return f.segment_bytes() > bytes + 40'000; });
  writer.reset();
  f.wait(*other);
  CHECK(f.keys(0) == "before ");
  CHECK(f.keys(1) == "other ");
  CHECK(f.segment_bytes() < bytes + 1000);
  f.wait(*f.log->submit(f.part("after", 3000)));
  CHECK(f.keys(0) == "before after ");
  f.reopen();
  CHECK(f.keys(0) == "before after ");
}

TEST_CASE("AnAbandonedUnitTakesTheGenerationThatItBeganWithIt") {
  Fixture f;
  GenerationId fresh = f.log->allocate_generation();
  auto writer = *f.log->open_unit();
  CommitUnit begin;
  begin.edits = {BeginGeneration{"t", fresh, f.log->state()->find("t")->current->schema, 1}};
  begin.appends.push_back({{fresh, PartitionIndex(0)}, {}});
  begin.appends.back().records.add(1, "gone", "v", "h");
  REQUIRE(writer->add(begin).ok());
  until([&] { return f.log->health().unit_in_parts_us > 0; });
  writer.reset();
  f.wait(*f.log->submit({}));
  CHECK_FALSE(f.log->read_partition({fresh, PartitionIndex(0)}, Offset(0)).ok());
  CommitUnit late;
  late.appends = begin.appends;
  CHECK_FALSE(f.log->submit(std::move(late)).ok());
  f.wait(*f.log->submit(begin));  // as if it had never been begun
  CHECK(f.log->state()->find("t")->filling->id == fresh);
}

TEST_CASE("VoidedPartsLeaveNothing") {
  Fixture f;
  f.wait(*f.log->submit(f.part("before")));
  auto writer = *f.log->open_unit();
  for (int i = 0; i < 20; ++i) REQUIRE(writer->add(f.part("void", 3000)).ok());
  CommitUnit rest = f.part("rest", 3000);
  rest.voids = {f.generation};
  REQUIRE(writer->add(std::move(rest)).ok());
  f.wait(*writer->commit(f.part("last")));
  CHECK(f.keys() == "before rest last ");
  f.reopen();
  CHECK(f.keys() == "before rest last ");
}

TEST_CASE("ALogThatIsClosedAbandonsWhatIsNotWhole") {
  Fixture f;
  auto writer = *f.log->open_unit();
  REQUIRE(writer->add(f.part("gone", 5000)).ok());
  auto behind = f.log->submit(f.part("behind"));
  REQUIRE(f.log->close().ok());
  CHECK(*f.log->wait_durable(*behind, 0s));
  CHECK_FALSE(writer->add(f.part("late")).ok());
  CHECK_FALSE(writer->commit({}).ok());
  writer.reset();
  f.reopen();
  CHECK(f.keys() == "behind ");
}

TEST_CASE("APartThatDoesNotFitIsRefusedAndItsUnitCanOnlyBeAbandoned") {
  Fixture f;
  auto writer = *f.log->open_unit();
  REQUIRE(writer->add(f.part("gone")).ok());
  CHECK_FALSE(writer->add(f.part("no such partition", 10, 7)).ok());
  writer.reset();
  f.wait(*f.log->submit(f.part("other")));
  CHECK(f.keys() == "other ");
}

#include "log/local_log.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "log/log_verify.h"
#include "tests/support/process.h"

using namespace leat;
using namespace leat::log;
using namespace std::chrono_literals;

namespace {

class Harness {
 public:
  explicit Harness(std::string dir) : dir_(std::move(dir)) { reopen(); }

  void reopen() {
    log.reset();
    LocalLogOptions options{.fs = Fs::posix(), .clock = Clock::system(), .dir = dir_};
    options.journal_bytes = 1 << 20;
    options.segment_bytes_max = 64 << 10;
    options.inline_bytes_max = 32 << 10;
    auto opened = LocalLog::open(std::move(options));
    if (!opened.ok()) FAIL(opened.error().message());
    log = std::move(*opened);
  }

  // Commits and waits.
  void commit(CommitUnit unit) {
    auto ticket = log->submit(std::move(unit));
    if (!ticket.ok()) FAIL(ticket.error().message());
    auto durable = log->wait_durable(*ticket, 60s);
    REQUIRE(durable.ok());
    REQUIRE(*durable);
  }

  GenerationId make_topic(const std::string& topic, int partitions = 2) {
    GenerationId generation = log->allocate_generation();
    CommitUnit unit;
    unit.edits = {CreateTopic{topic, TopicKind::table},
                  BeginGeneration{topic, generation, SchemaId(1), partitions},
                  SwitchGeneration{topic, generation}};
    commit(std::move(unit));
    return generation;
  }

  static PartitionAppend append(GenerationId generation, int partition, int from, int count,
                                const std::string& value = "value") {
    PartitionAppend append{{generation, PartitionIndex(partition)}, {}};
    for (int i = from; i < from + count; ++i) {
      append.records.add(i, "key" + std::to_string(i), value, "header");
    }
    return append;
  }

  void put(GenerationId generation, int partition, int from, int count,
           const std::string& value = "value") {
    CommitUnit unit;
    unit.appends.push_back(append(generation, partition, from, count, value));
    unit.position = SourcePosition{"shop", std::to_string(from)};
    commit(std::move(unit));
  }

  std::vector<std::string> keys_of(GenerationId generation, int partition) {
    auto reader = log->read_partition({generation, PartitionIndex(partition)}, Offset(0));
    REQUIRE(reader.ok());
    std::vector<std::string> keys;
    while (true) {
      auto records = (*reader)->next(1000);
      if (!records.ok()) FAIL(records.error().message());
      if (records->empty()) return keys;
      for (const RecordView& record : *records) {
        CHECK(record.offset == Offset(static_cast<int64_t>(keys.size())));
        keys.emplace_back(record.key);
      }
    }
  }

  std::unique_ptr<LocalLog> log;

 private:
  std::string dir_;
};

// What a reader gives from its position to the log's end, as text.
std::vector<std::string> drain(CutReader& reader, size_t bytes_max = 1 << 20,
                               CutId limit = CutId(UINT64_MAX)) {
  std::vector<std::string> lines;
  while (true) {
    auto step = reader.next(bytes_max, limit, 0ms);
    if (!step.ok()) FAIL(step.error().message());
    if (!*step) return lines;
    for (const TopicChunk& chunk : (*step)->chunks) {
      for (const RecordView& record : chunk.records) {
        lines.push_back((chunk.retracts ? "-" : "+") + std::string(chunk.topic) + " " +
                        std::string(record.key));
      }
    }
    if ((*step)->ends_cut) lines.push_back("= " + std::to_string((*step)->cut.value()));
  }
}

std::unique_ptr<CutReader> reader_of(ChangeLog& log, std::vector<std::string> topics,
                                     const ReadPosition& from = {}) {
  auto reader = log.read_cuts(std::move(topics), from);
  if (!reader.ok()) FAIL(reader.error().message());
  return std::move(*reader);
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("CommittedRecordsAreReadBackInOrderAlsoAfterReopening") {
  test::TempDir dir;
  Harness h(dir.path());
  GenerationId orders = h.make_topic("orders");
  for (int i = 0; i < 30; i += 3) h.put(orders, 1, i, 3);
  Lines expected;
  for (int i = 0; i < 30; ++i) expected.push_back("key" + std::to_string(i));
  CHECK(h.keys_of(orders, 1) == expected);
  CHECK(h.keys_of(orders, 0).empty());
  CutId cut = h.log->state()->cut;
  h.reopen();
  CHECK(h.keys_of(orders, 1) == expected);
  CHECK(h.log->state()->cut == cut);
  CHECK(h.log->state()->source_positions.at("shop") == "27");
}

TEST_CASE("AFirstUnitMayBeginMoreGenerationsThanAreReservedAtOnce") {
  test::TempDir dir;
  Harness h(dir.path());
  Schema schema;
  schema.columns.push_back({"id", {TypeId::int64, -1}, false});
  CommitUnit unit;
  SchemaId id = h.log->schema_id(schema);  // the first: the log makes a topic for it
  for (int i = 0; i < 1000; ++i) {
    std::string topic = "shop.public.t" + std::to_string(i);
    unit.edits.push_back(CreateTopic{topic, TopicKind::table});
    unit.edits.push_back(BeginGeneration{topic, h.log->allocate_generation(), id, 1});
  }
  h.commit(std::move(unit));
  h.reopen();
  CHECK(h.log->state()->find("shop.public.t999") != nullptr);
}

TEST_CASE("ALargeCutOverMorePartitionsThanMayBeOpenKeepsToItsBound") {
  test::TempDir dir;
  LocalLogOptions options{.fs = Fs::posix(), .clock = Clock::system(), .dir = dir.path()};
  options.open_files_max = 10;
  auto opened = LocalLog::open(std::move(options));
  REQUIRE(opened.ok());
  LocalLog& log = **opened;
  GenerationId generation = log.allocate_generation();
  CommitUnit unit;
  unit.edits = {CreateTopic{"orders", TopicKind::table},
                BeginGeneration{"orders", generation, SchemaId(1), 300},
                SwitchGeneration{"orders", generation}};
  for (int i = 0; i < 300; ++i) {
    unit.appends.push_back(Harness::append(generation, i, 0, 10, std::string(1000, 'v')));
  }
  auto open_files = [] { return Fs::posix().list_dir("/proc/self/fd")->size(); };
  size_t before = open_files();
  auto ticket = log.submit(std::move(unit));
  REQUIRE(ticket.ok());
  size_t most = 0;
  for (bool durable = false; !durable;) {
    most = std::max(most, open_files());
    auto waited = log.wait_durable(*ticket, 1ms);
    REQUIRE(waited.ok());
    durable = *waited;
  }
  most = std::max(most, open_files());
  CHECK(most < before + 3 * 10 + 10);
  REQUIRE(log.close().ok());
}

TEST_CASE("LargeCutsRollSegmentsAndAreReadBack") {
  test::TempDir dir;
  Harness h(dir.path());
  GenerationId orders = h.make_topic("orders");
  std::string value(1000, 'v');
  Lines expected;
  for (int i = 0; i < 1000; ++i) expected.push_back("key" + std::to_string(i));
  h.put(orders, 0, 0, 10, value);
  h.put(orders, 0, 10, 490, value);
  h.put(orders, 0, 500, 500, value);
  CHECK(h.keys_of(orders, 0) == expected);
  h.reopen();
  CHECK(h.keys_of(orders, 0) == expected);
}

TEST_CASE("ReaderFollowsCutsOfItsTopicsOnly") {
  test::TempDir dir;
  Harness h(dir.path());
  GenerationId orders = h.make_topic("orders");
  GenerationId other = h.make_topic("other");
  auto reader = reader_of(*h.log, {"orders"});
  h.put(orders, 0, 0, 1);
  h.put(other, 0, 7, 1);
  h.put(orders, 1, 1, 1);
  CHECK(drain(*reader) == Lines{"= 1", "+orders key0", "+orders key1", "= 5"});
  CHECK(reader->position().cut() == CutId(5));
}

TEST_CASE("OffsetsAtACutAreWhereThePartitionsEndedThen") {
  test::TempDir dir;
  Harness h(dir.path());
  GenerationId orders = h.make_topic("orders");
  h.put(orders, 0, 0, 3);
  CutId cut = h.log->state()->cut;
  h.put(orders, 1, 3, 2);
  h.put(orders, 0, 5, 4);
  auto offsets = h.log->offsets_at(orders, cut);
  REQUIRE(offsets.ok());
  CHECK(*offsets == std::vector<Offset>{Offset(3), Offset(0)});
  CHECK(*h.log->offsets_at(orders, h.log->state()->cut) ==
        std::vector<Offset>{Offset(7), Offset(2)});
  CHECK_FALSE(h.log->offsets_at(GenerationId(999), cut).ok());
}

TEST_CASE("ForeignFilesInAGenerationsDirectoryGoWithIt") {
  test::TempDir dir;
  Harness h(dir / "log");
  GenerationId old = h.make_topic("t");
  h.put(old, 0, 0, 10);
  std::string of_old = dir / "log/segments/" + std::to_string(old.value());
  std::ofstream(of_old + "/meta.properties") << "version=0";
  GenerationId fresh = h.make_topic("t");
  h.log->set_reader_floor("view", h.log->state()->cut);
  h.put(fresh, 0, 0, 10);
  CHECK(h.log->close().ok());
  h.reopen();
  CHECK_FALSE(std::filesystem::exists(of_old));
  CHECK(h.keys_of(fresh, 0).size() == 10);
}

TEST_CASE("ForeignDirectoriesAmongTheFilesOfALogAreLeftAlone") {
  test::TempDir dir;
  Harness h(dir / "log");
  GenerationId generation = h.make_topic("t");
  h.put(generation, 0, 0, 10);
  std::string segments = dir / "log/segments/";
  std::string in_use = segments + std::to_string(generation.value()) + "/t-0/x";
  std::string unknown = segments + "99/t-0/x";
  std::filesystem::create_directories(in_use);
  std::filesystem::create_directories(unknown);
  std::ofstream(segments + "99/t-0/00000000000000000000.log") << "stray";
  std::ofstream(segments + "98") << "a file";
  h.reopen();
  CHECK(std::filesystem::exists(in_use));
  CHECK(std::filesystem::exists(unknown));
  CHECK_FALSE(std::filesystem::exists(segments + "99/t-0/00000000000000000000.log"));
  CHECK(h.keys_of(generation, 0).size() == 10);
  h.log.reset();
  auto report = verify_log(Fs::posix(), dir / "log", {});
  REQUIRE(report.ok());
  CHECK(report->damage.empty());
  CHECK(report->strays.empty());
}

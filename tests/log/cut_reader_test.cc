#include <catch2/catch.hpp>

#include "log/local_log.h"
#include "tests/support/recording_fs.h"

using namespace leat;
using namespace leat::log;
using namespace std::chrono_literals;
using test::RecordingFs;
using test::SimulatedDisk;

namespace {

using Lines = std::vector<std::string>;
constexpr CutId kNoLimit(UINT64_MAX);

// A log in memory whose every unit is a cut of its own.
class Harness {
 public:
  Harness() { reopen(); }

  void reopen() {
    log.reset();
    LocalLogOptions options{.fs = fs, .clock = Clock::system(), .dir = "/data"};
    options.journal_bytes = 1 << 20;
    options.segment_bytes_max = 16 << 10;
    options.on_fatal = [](const Error&) {};
    log = *LocalLog::open(std::move(options));
  }

  void commit(CommitUnit unit) {
    auto ticket = log->submit(std::move(unit));
    if (!ticket.ok()) FAIL(ticket.error().message());
    REQUIRE(*log->wait_durable(*ticket, 10s));
  }

  GenerationId begin(const std::string& topic, int partitions = 2) {
    GenerationId generation = log->allocate_generation();
    CommitUnit unit;
    unit.edits = {CreateTopic{topic, TopicKind::table},
                  BeginGeneration{topic, generation, SchemaId(1), partitions}};
    commit(std::move(unit));
    return generation;
  }
  void switch_to(const std::string& topic, GenerationId generation, CommitUnit with = {}) {
    with.edits.push_back(SwitchGeneration{topic, generation});
    commit(std::move(with));
  }
  GenerationId make_topic(const std::string& topic, int partitions = 2) {
    GenerationId generation = begin(topic, partitions);
    switch_to(topic, generation);
    return generation;
  }

  static PartitionAppend records(GenerationId generation, int partition, const Lines& keys,
                                 size_t value_bytes = 5) {
    PartitionAppend append{{generation, PartitionIndex(partition)}, {}};
    for (const std::string& key : keys)
      append.records.add(1, key, std::string(value_bytes, 'v'), "h");
    return append;
  }
  void put(GenerationId generation, int partition, const Lines& keys, size_t value_bytes = 5) {
    CommitUnit unit;
    unit.appends.push_back(records(generation, partition, keys, value_bytes));
    commit(std::move(unit));
  }

  std::unique_ptr<CutReader> reader(Lines topics, const ReadPosition& from = {}) {
    auto opened = log->read_cuts(std::move(topics), from);
    if (!opened.ok()) FAIL(opened.error().message());
    return std::move(*opened);
  }

  std::shared_ptr<SimulatedDisk> disk = std::make_shared<SimulatedDisk>();
  RecordingFs fs{disk};
  std::unique_ptr<LocalLog> log;
};

Lines lines_of(const ReadStep& step) {
  Lines lines;
  for (const TopicChunk& chunk : step.chunks) {
    for (const RecordView& record : chunk.records) {
      lines.push_back((chunk.retracts ? "-" : "+") + std::string(record.key));
    }
  }
  if (step.ends_cut) lines.push_back("=" + std::to_string(step.cut.value()));
  return lines;
}

// What a reader gives from its position on.
Lines drain(CutReader& reader, size_t bytes_max = 1 << 20, CutId limit = kNoLimit) {
  Lines lines;
  while (true) {
    auto step = reader.next(bytes_max, limit, 0ms);
    if (!step.ok()) FAIL(step.error().message());
    if (!*step) return lines;
    Lines more = lines_of(**step);
    lines.insert(lines.end(), more.begin(), more.end());
  }
}

Lines numbered(int from, int count) {
  Lines keys;
  for (int i = from; i < from + count; ++i) keys.push_back("k" + std::to_string(i));
  return keys;
}

}  // namespace

TEST_CASE("OneStepCoversManySmallCuts") {
  Harness h;
  GenerationId orders = h.make_topic("orders");  // cuts 1 and 2
  h.put(orders, 0, {"a"});
  h.put(orders, 1, {"b"});
  h.put(orders, 0, {"c"});
  auto reader = h.reader({"orders"});
  CHECK(drain(*reader) == Lines{"=1", "=2", "+a", "+b", "+c", "=5"});
  CHECK(reader->position().cut() == CutId(5));
}

TEST_CASE("StepEndsAtACutWhenItIsFull") {
  Harness h;
  GenerationId orders = h.make_topic("orders");
  for (int i = 0; i < 6; ++i) h.put(orders, i % 2, numbered(i, 1), 300);
  auto reader = h.reader({"orders"});
  CHECK(drain(*reader, 700) ==
        Lines{"=1", "=2", "+k0", "+k1", "=4", "+k2", "+k3", "=6", "+k4", "+k5", "=8"});
}

TEST_CASE("HugeCutIsGivenInPiecesAndEndsOnce") {
  Harness h;
  GenerationId orders = h.make_topic("orders");
  CommitUnit unit;  // two batches in each partition
  for (int partition : {0, 1})
    unit.appends.push_back(h.records(orders, partition, numbered(0, 4), 700'000));
  h.put(orders, 0, {"before"});
  h.commit(std::move(unit));
  h.put(orders, 0, {"after"});
  auto reader = h.reader({"orders"});
  Lines lines = drain(*reader, 100'000);
  Lines expected{"=1", "=2", "+before", "=3"};
  for (int partition : {0, 1}) {
    for (const std::string& key : numbered(0, 4)) expected.push_back("+" + key);
    if (partition == 1) expected.insert(expected.end(), {"=4", "+after", "=5"});
  }
  CHECK(lines == expected);
}

TEST_CASE("CutThatMovesNoneOfTheTopicsIsAnEmptyStep") {
  Harness h;
  h.make_topic("orders");
  GenerationId other = h.make_topic("other");
  auto reader = h.reader({"orders"});
  (void)drain(*reader);
  h.put(other, 0, {"x"});
  auto step = reader->next(1000, kNoLimit, 0ms);
  REQUIRE(step.ok());
  REQUIRE(step->has_value());
  CHECK((*step)->chunks.empty());
  CHECK((*step)->ends_cut);
  CHECK((*step)->cut == CutId(5));
}

TEST_CASE("ReaderDoesNotPassItsLimit") {
  Harness h;
  GenerationId orders = h.make_topic("orders");
  h.put(orders, 0, {"a"});
  h.put(orders, 0, {"b"});
  auto reader = h.reader({"orders"});
  CHECK(drain(*reader, 1000, CutId(3)) == Lines{"=1", "=2", "+a", "=3"});
  CHECK(drain(*reader, 1000, CutId(4)) == Lines{"+b", "=4"});
}

TEST_CASE("FillingGenerationIsGivenWholeAtItsSwitch") {
  Harness h;
  GenerationId orders = h.begin("orders");
  h.put(orders, 0, {"a"});
  h.put(orders, 1, {"b"});
  auto reader = h.reader({"orders"});
  CHECK(drain(*reader) == Lines{"=3"});
  CommitUnit with;
  with.appends.push_back(h.records(orders, 0, {"c"}));
  h.switch_to("orders", orders, std::move(with));
  h.put(orders, 1, {"d"});
  CHECK(drain(*reader) == Lines{"+a", "+c", "+b", "=4", "+d", "=5"});
}

TEST_CASE("SwitchTakesBackWhatWasGivenAndGivesTheNewGeneration") {
  Harness h;
  GenerationId old = h.make_topic("orders");
  h.put(old, 0, {"a", "b"});
  h.put(old, 1, {"c"});
  auto reader = h.reader({"orders"});
  (void)drain(*reader);
  GenerationId fresh = h.begin("orders", 1);
  h.put(fresh, 0, {"A", "B"});
  CHECK(drain(*reader) == Lines{"=6"});
  h.switch_to("orders", fresh);
  h.put(fresh, 0, {"C"});
  CHECK(drain(*reader) == Lines{"-b", "-a", "-c", "+A", "+B", "=7", "+C", "=8"});
}

TEST_CASE("RecordsOfTheOldGenerationInTheSwitchingCutAreNotGiven") {
  Harness h;
  GenerationId old = h.make_topic("orders", 1);
  h.put(old, 0, {"a"});
  GenerationId fresh = h.begin("orders", 1);
  auto reader = h.reader({"orders"});
  (void)drain(*reader);
  // Two units that very likely share a cut: if they do, "late" was never to be seen.
  CommitUnit late;
  late.appends.push_back(h.records(old, 0, {"late"}));
  CommitUnit change;
  change.edits.push_back(SwitchGeneration{"orders", fresh});
  REQUIRE(h.log->submit(std::move(late)).ok());
  REQUIRE(*h.log->wait_durable(*h.log->submit(std::move(change)), 10s));
  Lines lines = drain(*reader);
  CutId cut = h.log->state()->cut;
  Lines together{"-a", "=" + std::to_string(cut.value())};
  Lines apart{"+late", "=" + std::to_string(cut.value() - 1), "-late", "-a",
              "=" + std::to_string(cut.value())};
  CHECK((lines == together || lines == apart));
}

TEST_CASE("DroppedTopicIsTakenBackAndANewOneOfTheNameIsGiven") {
  Harness h;
  GenerationId orders = h.make_topic("orders");
  h.put(orders, 0, {"a"});
  auto reader = h.reader({"orders"});
  (void)drain(*reader);
  CommitUnit drop;
  drop.edits.push_back(DropTopic{"orders"});
  h.commit(std::move(drop));
  CHECK(drain(*reader) == Lines{"-a", "=4"});
  GenerationId again = h.make_topic("orders", 1);
  h.put(again, 0, {"b"});
  CHECK(drain(*reader) == Lines{"=5", "=6", "+b", "=7"});
}

TEST_CASE("ReaderFromTheBeginningLeavesOutReplacedGenerations") {
  Harness h;
  GenerationId old = h.make_topic("orders");
  h.put(old, 0, {"a"});
  GenerationId fresh = h.begin("orders");
  h.put(fresh, 0, {"A"});
  h.switch_to("orders", fresh);
  auto reader = h.reader({"orders"});
  CHECK(drain(*reader) == Lines{"=5", "+A", "=6"});
}

TEST_CASE("EveryPositionResumesWhereItStoodAlsoMidCutAndAfterReopening") {
  Harness h;
  GenerationId old = h.make_topic("orders");
  for (int i = 0; i < 4; ++i) h.put(old, i % 2, numbered(i * 10, 5), 200'000);
  auto first = h.reader({"orders"});
  (void)drain(*first);
  GenerationId fresh = h.begin("orders", 3);
  for (int i = 0; i < 3; ++i) h.put(fresh, i, numbered(100 + i * 10, 5), 300'000);
  h.switch_to("orders", fresh);
  h.put(fresh, 0, {"last"});

  // One reader in one go against one that is made anew after each step.
  ReadPosition start = first->position();
  Lines whole = drain(*h.reader({"orders"}, start), 500'000);
  CHECK(std::count(whole.begin(), whole.end(), "-k12") == 1);
  Lines pieces;
  size_t mid_cut_steps = 0;
  for (std::string stored = start.encode();;) {
    auto position = ReadPosition::decode(stored);
    REQUIRE(position.ok());
    if (mid_cut_steps == 2) h.reopen();
    auto reader = h.reader({"orders"}, *position);
    CHECK(reader->position() == *position);
    auto step = reader->next(500'000, kNoLimit, 0ms);
    REQUIRE(step.ok());
    if (!*step) break;
    Lines more = lines_of(**step);
    pieces.insert(pieces.end(), more.begin(), more.end());
    mid_cut_steps += (*step)->ends_cut ? 0 : 1;
    stored = reader->position().encode();
  }
  CHECK(pieces == whole);
  CHECK(mid_cut_steps > 4);
}

TEST_CASE("ReadPositionCutShortAnywhereIsAnError") {
  Harness h;
  GenerationId orders = h.make_topic("orders");
  h.put(orders, 0, numbered(0, 3));
  auto reader = h.reader({"orders"});
  (void)drain(*reader);
  std::string bytes = reader->position().encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(ReadPosition::decode(std::string_view(bytes).substr(0, size)).ok());
  }
  CHECK_FALSE(ReadPosition::decode(bytes + "x").ok());
  bytes[0] = 9;
  CHECK_FALSE(ReadPosition::decode(bytes).ok());
}

TEST_CASE("PositionAtAStateGivesOnlyWhatComesAfterIt") {
  Harness h;
  GenerationId orders = h.make_topic("orders");
  h.put(orders, 0, {"a"});
  auto reader = h.reader({"orders"}, ReadPosition::at(*h.log->state(), {"orders"}));
  CHECK(drain(*reader).empty());
  h.put(orders, 0, {"b"});
  CHECK(drain(*reader) == Lines{"+b", "=4"});
}

TEST_CASE("PositionBeyondTheLogIsRefused") {
  Harness h;
  GenerationId orders = h.make_topic("orders");
  h.put(orders, 0, {"a"});
  ReadPosition position = ReadPosition::at(*h.log->state(), {"orders"});
  Harness other;
  other.make_topic("orders");
  CHECK_FALSE(other.log->read_cuts({"orders"}, position).ok());
}

TEST_CASE("PositionThatNeverReadATopicIsRefusedForIt") {
  Harness h;
  h.make_topic("orders");
  h.make_topic("customers");
  ReadPosition position = ReadPosition::at(*h.log->state(), {"orders"});
  auto refused = h.log->read_cuts({"orders", "customers"}, position);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message().find("customers") != std::string::npos);
}

TEST_CASE("RetiredGenerationStaysUntilAllReadersHavePassedIt") {
  Harness h;
  GenerationId old = h.make_topic("orders", 1);
  h.put(old, 0, {"a"});
  h.log->set_reader_floor("view", CutId(3));
  auto behind = h.reader({"orders"});
  (void)drain(*behind);
  GenerationId fresh = h.begin("orders", 1);
  h.switch_to("orders", fresh);  // cut 5
  h.reopen();                    // a checkpoint; the view has not passed the switch
  CHECK(h.log->state()->retired.size() == 1);

  h.log->set_reader_floor("view", CutId(5));
  REQUIRE(h.log->close().ok());
  h.reopen();
  CHECK(h.log->state()->retired.empty());
  CHECK_FALSE(h.log->read_partition({old, PartitionIndex(0)}, Offset(0)).ok());
}

TEST_CASE("ReaderAtWorkHoldsBackTheRemovalOfWhatItNeeds") {
  Harness h;
  GenerationId old = h.make_topic("orders", 1);
  h.put(old, 0, {"a"});
  auto reader = h.reader({"orders"});
  (void)drain(*reader);
  h.switch_to("orders", h.begin("orders", 1));
  h.log->set_reader_floor("view", CutId(100));
  REQUIRE(h.log->close().ok());  // writes a checkpoint
  CHECK(h.log->state()->retired.size() == 1);
  CHECK(drain(*reader, 1000, CutId(5)) == Lines{"=4", "-a", "=5"});
}

TEST_CASE("SubmitRefusesWhatDoesNotFitTheTopicsAndQueuesNothing") {
  Harness h;
  GenerationId orders = h.make_topic("orders");
  auto refused = [&](CommitUnit unit) {
    auto ticket = h.log->submit(std::move(unit));
    return !ticket.ok() && !ticket.error().is_transient();
  };
  CommitUnit other_kind;
  other_kind.edits = {CreateTopic{"orders", TopicKind::stream}};
  CHECK(refused(std::move(other_kind)));
  CommitUnit unknown_generation;
  unknown_generation.appends.push_back(h.records(GenerationId(999), 0, {"x"}));
  CHECK(refused(std::move(unknown_generation)));
  CommitUnit unknown_partition;
  unknown_partition.appends.push_back(h.records(orders, 2, {"x"}));
  CHECK(refused(std::move(unknown_partition)));
  CommitUnit not_filling;
  not_filling.edits = {SwitchGeneration{"orders", orders}};
  CHECK(refused(std::move(not_filling)));
  CommitUnit half_good;  // its good part must not count either
  half_good.edits = {CreateTopic{"half", TopicKind::table}, DropTopic{"none"}};
  CHECK(refused(std::move(half_good)));
  CommitUnit stop;
  stop.edits = {StopTopic{"orders", "a test"}};
  h.commit(std::move(stop));
  CommitUnit to_stopped;
  to_stopped.appends.push_back(h.records(orders, 0, {"x"}));
  CHECK(refused(std::move(to_stopped)));
  CHECK(h.log->state()->find("half") == nullptr);
  CHECK(*h.log->state()->find("orders")->stopped_reason == "a test");
  CHECK(h.log->state()->find("orders")->stopped_at == CutId(3));
  h.reopen();
  CHECK(h.log->state()->find("orders")->stopped_at == CutId(3));
}

TEST_CASE("SchemaIsKeptByContentAndSurvivesReopening") {
  Harness h;
  Schema schema;
  schema.columns = {{"id", {TypeId::int64}, false}};
  SchemaId id = h.log->schema_id(schema);
  CHECK(h.log->schema_id(schema) == id);
  GenerationId orders = h.make_topic("orders");
  h.put(orders, 0, {"a"});
  h.reopen();
  REQUIRE(h.log->schema(id) != nullptr);
  CHECK(*h.log->schema(id) == schema);
  CHECK(h.log->schema_id(schema) == id);
  CHECK(h.log->schema(SchemaId(99)) == nullptr);
  const TopicState* topic = h.log->state()->find("leat.schemas");
  REQUIRE(topic != nullptr);
  CHECK(topic->current->partitions[0].end == Offset(1));
}

TEST_CASE("RetractionGoesBackwardsThroughSegmentsInStepsOfAnySize") {
  Harness h;
  GenerationId old = h.make_topic("orders", 2);
  Lines expected[2];
  for (int i = 0; i < 40; ++i) {
    Lines keys = numbered(i * 10, 10);
    h.put(old, i % 2, keys, 300);  // 3 KB: five cuts to a segment
    for (const std::string& key : keys) expected[i % 2].insert(expected[i % 2].begin(), "-" + key);
  }
  if (GENERATE(false, true)) h.reopen();  // without the index that appending made
  auto reader = h.reader({"orders"});
  (void)drain(*reader);
  h.switch_to("orders", h.begin("orders", 1));
  Lines lines = drain(*reader, GENERATE(1, 5000, 1 << 20));
  Lines all{"=43"};
  for (const Lines& partition : expected) all.insert(all.end(), partition.begin(), partition.end());
  all.push_back("=44");
  CHECK(lines == all);
}

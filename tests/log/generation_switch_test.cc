// A topic goes over to another generation, or away: readers take back what they were given.
#include "tests/log/cut_log.h"

using namespace leat;
using namespace leat::log;
using namespace leat::log::test;
using namespace std::chrono_literals;

TEST_CASE("FillingGenerationIsGivenWholeAtItsSwitch") {
  CutLog h;
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
  CutLog h;
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
  CutLog h;
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
  REQUIRE(*h.log->wait_durable(*h.log->submit(std::move(change)), 60s));
  Lines lines = drain(*reader);
  CutId cut = h.log->state()->cut;
  Lines together{"-a", "=" + std::to_string(cut.value())};
  Lines apart{"+late", "=" + std::to_string(cut.value() - 1), "-late", "-a",
              "=" + std::to_string(cut.value())};
  CHECK((lines == together || lines == apart));
}

TEST_CASE("DroppedTopicIsTakenBackAndANewOneOfTheNameIsGiven") {
  CutLog h;
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
  CutLog h;
  GenerationId old = h.make_topic("orders");
  h.put(old, 0, {"a"});
  GenerationId fresh = h.begin("orders");
  h.put(fresh, 0, {"A"});
  h.switch_to("orders", fresh);
  auto reader = h.reader({"orders"});
  CHECK(drain(*reader) == Lines{"=5", "+A", "=6"});
}

TEST_CASE("RetiredGenerationStaysUntilAllReadersHavePassedIt") {
  CutLog h;
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

TEST_CASE("RetiredGenerationThatAllHavePassedIsGoneFromTheStateWithItsPartitions") {
  CutLog h;
  GenerationId old = h.make_topic("orders", 1);
  h.put(old, 0, {"a"});
  h.log->set_reader_floor("view", CutId(3));
  GenerationId fresh = h.begin("orders", 1);
  h.switch_to("orders", fresh);
  h.put(fresh, 0, {"b"});
  CHECK(h.log->state()->retired.size() == 1);
  h.log->set_reader_floor("view", CutId(5));
  uint64_t checkpoints = h.log->health().checkpoints_total;
  while (h.log->health().checkpoints_total < checkpoints + 2) {  // as the journal fills
    h.put(fresh, 0, {"c"}, 300);
    bool is_listed = !h.log->state()->retired.empty();
    CHECK(h.log->read_partition({old, PartitionIndex(0)}, Offset(0)).ok() == is_listed);
  }
  CHECK(h.log->state()->retired.empty());
}

TEST_CASE("ReaderAtWorkHoldsBackTheRemovalOfWhatItNeeds") {
  CutLog h;
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

TEST_CASE("RetractionGoesBackwardsThroughSegmentsInStepsOfAnySize") {
  CutLog h;
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

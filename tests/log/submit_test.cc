// What the log takes, what it refuses, and the schemas it keeps.
#include "tests/log/cut_log.h"

using namespace leat;
using namespace leat::log;
using namespace leat::log::test;

TEST_CASE("SubmitRefusesWhatDoesNotFitTheTopicsAndQueuesNothing") {
  CutLog h;
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
  CutLog h;
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

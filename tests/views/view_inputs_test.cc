#include "views/view_inputs.h"

#include <catch2/catch.hpp>
#include <memory>

namespace leat::views {
namespace {

const SchemaId kSchema(7);
const InputSchemas kInputs = {{"shop.public.orders", kSchema}};

log::GenerationState generation(uint64_t id, uint64_t since) {
  return {.id = GenerationId(id), .schema = kSchema, .since = CutId(since), .partitions = {}};
}

// Orders: a first generation from cut 10, stopped at cut 20, replaced at cut 30; the log is at 40.
log::LogState stopped_and_copied_anew() {
  auto topic = std::make_shared<log::TopicState>();
  topic->name = "shop.public.orders";
  topic->current = generation(2, 30);
  auto retired = std::make_shared<log::RetiredGeneration>(log::RetiredGeneration{
      "shop.public.orders", generation(1, 10), CutId(30), "its column was dropped", CutId(20)});
  log::LogState state;
  state.cut = CutId(40);
  state.topics = {topic};
  state.retired = {retired};
  return state;
}

TEST_CASE("AViewThatLagsBehindAStopStaysBeforeItThoughTheTableWasCopiedAnewSince") {
  auto obstacle = first_obstacle(stopped_and_copied_anew(), kInputs, CutId(15), true);
  REQUIRE(obstacle);
  CHECK(obstacle->cut == CutId(20));
  CHECK(obstacle->reason == "shop.public.orders stopped: its column was dropped");
}

TEST_CASE("AStopThatAViewHasBehindItIsNoObstacle") {
  CHECK_FALSE(first_obstacle(stopped_and_copied_anew(), kInputs, CutId(30), true));
}

TEST_CASE("AViewThatIsBuiltPassesOverAStopUnseenAndShowsItselfBehindIt") {
  auto state = stopped_and_copied_anew();
  CHECK_FALSE(first_obstacle(state, kInputs, CutId(0), false));
  CHECK(missing_input(state, kInputs, CutId(5)));
  CHECK_FALSE(missing_input(state, kInputs, CutId(19)));
  CHECK(missing_input(state, kInputs, CutId(20)));
  CHECK(missing_input(state, kInputs, CutId(29)));
  CHECK_FALSE(missing_input(state, kInputs, CutId(30)));
}

}  // namespace
}  // namespace leat::views

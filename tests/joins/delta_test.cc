#include "joins/delta.h"

#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "joins/error_delta.h"
#include "tests/support/random.h"

namespace leat::joins {
namespace {

std::string text(const DeltaBatch& batch) {
  std::string out;
  for (const Delta& delta : batch.deltas()) {
    out.append(delta.row).append(delta.diff > 0 ? "+" : "");
    out.append(std::to_string(delta.diff)).append(" ");
  }
  return out;
}

TEST_CASE("ConsolidateSumsEqualRowsAndKeepsTheOrderTheyCameIn") {
  DeltaBatch batch;
  batch.add("b", 1);
  batch.add("a", -1);
  batch.add("b", 1);
  batch.add("", 1);
  batch.add("c", 1);
  batch.add("c", -1);
  batch.consolidate();
  CHECK(text(batch) == "b+2 a-1 +1 ");
}

TEST_CASE("ConsolidateDropsASingleDeltaOfNothing") {
  DeltaBatch batch;
  batch.add("a", 0);
  batch.consolidate();
  CHECK(batch.empty());
}

TEST_CASE("ConsolidateAgreesWithAMapOnRandomDeltas") {
  const uint64_t seed = test::seed();
  INFO("LEAT_SEED=" << seed);
  test::Random random(seed);
  for (int round = 0; round < 50; ++round) {
    DeltaBatch batch;
    std::map<std::string, int64_t> model;
    for (size_t n = random.below(400); n-- > 0;) {
      const std::string row = std::to_string(random.below(100));
      const int32_t diff = random.one_in(2) ? 1 : -1;
      model[row] += diff;
      batch.add(row, diff);
    }
    std::erase_if(model, [](const auto& entry) { return entry.second == 0; });
    batch.consolidate();
    std::map<std::string, int64_t> found;
    for (const Delta& delta : batch.deltas()) CHECK(found.emplace(delta.row, delta.diff).second);
    CHECK(found == model);
  }
}

TEST_CASE("ErrorsOfTheSameKeyCancel") {
  std::vector<ErrorDelta> errors = {{"b", "division by zero", "22012", -1},
                                    {"a", "out of range", "22003", 1},
                                    {"b", "division by zero", "22012", 1},
                                    {"a", "out of range", "22003", 1}};
  consolidate(errors);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].key == "a");
  CHECK(errors[0].diff == 2);
}

}  // namespace
}  // namespace leat::joins

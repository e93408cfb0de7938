// Random plans over random changes, in random steps, with flushes and crashes in between, must
// agree with computing the plan from scratch after every step.
#include <catch2/catch.hpp>

#include "joins/dataflow.h"
#include "tests/joins/maintained.h"
#include "tests/joins/random_plan.h"
#include "tests/support/process.h"

namespace leat::joins {
namespace {

using test::Random;
using test::TempDir;

constexpr store::TableId kState{0};

class Run {
 public:
  Run(uint64_t seed, int depth)
      : random_(seed), plan_(RandomPlan(random_).make(depth)), maintained_(*plan_) {
    in_memory_ = random_.one_in(3);
    if (!in_memory_) open_store();
    open_dataflow(/*fresh=*/true);
    at_position_.emplace("", Moment{rows_, maintained_});
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      step();
      compare();
      if (in_memory_) continue;
      if (random_.one_in(4)) flush();
      if (random_.one_in(4)) state_->request_flush();
      if (state_->wants_flush()) flush();
      if (random_.one_in(10)) crash();
    }
  }

 private:
  // What a flushed position stands for.
  struct Moment {
    std::map<std::string, std::map<int64_t, std::string>> rows;
    Maintained maintained;
  };

  void open_store() {
    store::StoreOptions options;
    options.path = dir_.path();
    options.block_cache_bytes = 8 << 20;
    options.tables = {"state"};
    store_ = std::move(store::Store::open(options)).value();
  }

  void open_dataflow(bool fresh) {
    if (in_memory_) {
      state_ = StateUnit::in_memory(size_t{1} << 30);
    } else {
      StateUnitOptions options;
      options.store = store_.get();
      options.state_table = kState;
      options.resident_bytes_max = random_.one_in(2) ? 0 : 16 << 10;
      state_ = std::move(StateUnit::open(options)).value();
    }
    dataflow_ = std::move(Dataflow::create("view", *plan_, *state_, fresh)).value();
  }

  void step() {
    const size_t changes = random_.one_in(8) ? 0 : random_.below(12);
    for (size_t i = 0; i < changes; ++i) change();
    auto output = dataflow_->step();
    REQUIRE(output.ok());
    maintained_.apply(*output);
  }

  // Inserts, updates, deletes or moves a row to another key.
  void change() {
    const std::string& topic = kTestTopics[random_.below(kTestTopics.size())];
    auto& rows = rows_[topic];
    const int64_t id = random_.between(0, 9);
    const auto at = rows.find(id);
    if (at != rows.end()) {
      add(topic, at->second, -1);
      rows.erase(at);
      if (random_.one_in(3)) return;
    }
    const int64_t new_id = random_.one_in(5) ? random_.between(0, 9) : id;
    if (rows.contains(new_id)) return;
    rows[new_id] = random_test_row(random_, new_id);
    add(topic, rows[new_id], +1);
  }

  void add(const std::string& topic, const std::string& row, int32_t diff) {
    const auto& topics = dataflow_->topics();
    if (std::find(topics.begin(), topics.end(), topic) == topics.end()) return;
    dataflow_->add_input(topic, row, diff);
  }

  void compare() {
    Tables tables;
    for (const auto& [topic, rows] : rows_) {
      for (const auto& [id, row] : rows) tables[topic].insert(row);
    }
    const NaiveResult expected = Naive::evaluate(*plan_, tables);
    const NaiveResult found = maintained_.result();
    REQUIRE(found.rows == expected.rows);
    REQUIRE(found.errors == expected.errors);
  }

  void flush() {
    const std::string position = std::to_string(at_position_.size());
    at_position_.emplace(position, Moment{rows_, maintained_});
    REQUIRE(state_->begin_flush(position).ok());
    if (random_.one_in(2)) REQUIRE(state_->wait_flush().ok());
  }

  void crash() {
    dataflow_.reset();
    state_.reset();
    store_.reset();
    open_store();
    open_dataflow(/*fresh=*/false);
    const Moment& moment = at_position_.at(state_->stored_position());
    rows_ = moment.rows;
    maintained_.restore(moment.maintained);
  }

  Random random_;
  PlanPtr plan_;
  bool in_memory_ = false;
  TempDir dir_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<StateUnit> state_;
  std::unique_ptr<Dataflow> dataflow_;
  std::map<std::string, std::map<int64_t, std::string>> rows_;
  Maintained maintained_;
  std::map<std::string, Moment> at_position_;
};

TEST_CASE("RandomPlansAgreeWithComputingFromScratchAfterEveryStep") {
  const uint64_t seed = test::seed();
  for (uint64_t i = 0; i < 60; ++i) {
    INFO("LEAT_SEED=" << seed + i);
    Run(seed + i, 1 + static_cast<int>(i % 3)).run(25);
  }
}

}  // namespace
}  // namespace leat::joins

// Random runs of a log over a disk that loses power at any moment: whatever the disk then holds,
// the log reopens to a prefix of what was submitted, with everything acknowledged in it.
// LEAT_STATES sets how many disks are tried, LEAT_SEED which.
#include <algorithm>
#include <catch2/catch.hpp>

#include "log/local_log.h"
#include "tests/support/crash_run.h"
#include "tests/support/log_model.h"
#include "tests/support/unit_parts.h"

using namespace leat;
using namespace leat::log;
using namespace std::chrono_literals;
using test::LogModel;

namespace {

constexpr size_t kInlineBytesMax = 2000;

LocalLogOptions small_log(Fs& fs) {
  LocalLogOptions options{.fs = fs, .clock = Clock::system(), .dir = "/data/log"};
  options.journal_bytes = 32 << 10;
  options.segment_bytes_max = 4000;
  options.inline_bytes_max = kInlineBytesMax;
  options.open_files_max = 4;
  options.retry_delay_max = 1ms;
  options.on_fatal = [](const Error&) {};
  return options;
}

class RandomCrashRun final : public test::CrashRun {
 public:
  explicit RandomCrashRun(uint64_t seed) : CrashRun(seed), model_(seed + 2) {}

 private:
  LocalLogOptions options(Fs& fs) override { return small_log(fs); }
  void forget_after(size_t units) override { model_.forget_after(units); }
  GenerationId highest_generation() const override { return model_.highest_generation(); }

  bool step() override {
    if (random().one_in(8)) log().set_reader_floor("view", log().state()->cut);
    size_t count = random().one_in(3) ? 1 + random().below(4) : 1;
    Ticket last{0};
    for (size_t i = 0; i < count; ++i) {
      auto ticket = submit(model_.next_unit(log(), kInlineBytesMax));
      if (!ticket.ok()) return false;
      last = *ticket;
    }
    return random().one_in(4) || wait_durable(last);
  }

  Result<Ticket> submit(CommitUnit unit) {
    if (random().one_in(8)) (void)test::abandon_in_parts(log(), unit, random());
    return submitted(random().one_in(4) ? test::submit_in_parts(log(), unit, random())
                                        : log().submit(std::move(unit)));
  }

  void check(LocalLog& log, size_t units) override {
    CHECK(units <= model_.count());
    CHECK(model_.difference(log, units) == "");
    if (random().one_in(4)) check_replay(log, units);
  }

  void check_replay(LocalLog& log, size_t units) {
    LogModel::Contents contents = model_.after(units);
    std::map<std::string, std::vector<std::string>> expected;
    std::vector<std::string> topics;
    for (const auto& [name, topic] : contents.topics) {
      topics.push_back(name);
      if (!topic.current) continue;
      std::vector<std::string> keys;
      for (const auto& partition : contents.partitions.at(*topic.current)) {
        keys.insert(keys.end(), partition.begin(), partition.end());
      }
      std::sort(keys.begin(), keys.end());
      if (!keys.empty()) expected[name] = keys;
    }
    auto replay = test::replay_cuts(log, topics, 50 + random().below(5000));
    CHECK(replay.error == "");
    CHECK(replay.keys == expected);
  }

  LogModel model_;
};

}  // namespace

TEST_CASE("LogReopensToAPrefixWithAllThatWasAcknowledgedAfterAnyLossOfPower") {
  uint64_t seed = test::seed();
  size_t wanted = test::states_wanted(100'000);
  for (size_t tried = 0; tried < wanted; ++seed) {
    INFO("LEAT_SEED=" << seed);
    RandomCrashRun run(seed);
    tried += run.run(wanted - tried);
  }
}

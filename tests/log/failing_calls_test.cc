// Each call on the disk fails once, or from then on: the log goes on when there is room again, or
// ends cleanly; it never loses what it acknowledged.
#include <atomic>
#include <catch2/catch.hpp>
#include <functional>
#include <thread>

#include "log/local_log.h"
#include "tests/support/log_model.h"
#include "tests/support/recording_fs.h"
#include "tests/support/unit_parts.h"

using namespace leat;
using namespace leat::log;
using namespace std::chrono_literals;
using test::LogModel;
using test::RecordingFs;
using test::SimulatedDisk;
using Failure = test::RecordingFs::Failure;

namespace {

constexpr size_t kInlineBytesMax = 2000;
constexpr size_t kUnits = 40;

LocalLogOptions small_log(Fs& fs, std::atomic<int>* fatal_calls) {
  LocalLogOptions options{.fs = fs, .clock = Clock::system(), .dir = "/data"};
  options.journal_bytes = 32 << 10;
  options.segment_bytes_max = 4000;
  options.inline_bytes_max = kInlineBytesMax;
  options.open_files_max = 4;
  options.retry_delay_max = 1ms;
  options.on_fatal = [fatal_calls](const Error&) { ++*fatal_calls; };
  return options;
}

struct Run {
  explicit Run(uint64_t seed) : model(seed), random(seed) {}

  // Submits units until the log fails; waits for each.
  void work() {
    for (size_t i = 0; i < kUnits; ++i) {
      CommitUnit unit = model.next_unit(*log, kInlineBytesMax);
      if (i % 8 == 5) (void)test::abandon_in_parts(*log, unit, random);
      auto ticket =
          i % 4 == 3 ? test::submit_in_parts(*log, unit, random) : log->submit(std::move(unit));
      if (!ticket.ok()) return;
      auto durable = log->wait_durable(*ticket, 60s);
      if (!durable.ok()) return;
      REQUIRE(*durable);
      ++acknowledged;
    }
  }

  Status open_and_work() {
    LEAT_ASSIGN_OR_RETURN(log, LocalLog::open(small_log(*fs, &fatal_calls)));
    work();
    return Ok{};
  }

  void wait_while_paused() const {
    while (!log->health().paused_reason.empty()) std::this_thread::sleep_for(1ms);
  }

  // The log's thread tells the writers last, after all that has failed.
  bool refuses_soon() const {
    auto deadline = std::chrono::steady_clock::now() + 60s;
    while (std::chrono::steady_clock::now() < deadline) {
      if (!log->submit({}).ok()) return true;
      std::this_thread::sleep_for(1ms);
    }
    return false;
  }

  // The disk as it is, and after a loss of power, holds a prefix with all that was acknowledged.
  void check_disk() {
    fs->stop_failing();
    fs->kill();
    log.reset();
    auto without_power = disk->after_power_loss(random);
    for (const auto& each : {without_power, disk}) {
      RecordingFs again(each);
      auto opened = LocalLog::open(small_log(again, &fatal_calls));
      if (!opened.ok()) FAIL(opened.error().message());
      size_t found = LogModel::units_in(*(*opened)->state());
      CHECK(found >= acknowledged);
      CHECK(found <= model.count());
      CHECK(model.difference(**opened, found) == "");
      again.kill();
    }
  }

  LogModel model;
  test::Random random;
  std::shared_ptr<SimulatedDisk> disk = std::make_shared<SimulatedDisk>();
  std::unique_ptr<RecordingFs> fs = std::make_unique<RecordingFs>(disk);
  std::unique_ptr<LocalLog> log;
  size_t acknowledged = 0;
  std::atomic<int> fatal_calls = 0;  // counted by the log's thread
};

// How many changing calls the work takes, opening included.
uint64_t calls_of_work(uint64_t seed) {
  Run run(seed);
  REQUIRE(run.open_and_work().ok());
  return run.fs->changing_calls();
}

// The work anew for each changing call (of the later ones some), which FAIL makes fail. CHECK_RUN
// is given what came of it, with the error where the log did not open; then the disk is checked.
void for_each_call(const std::function<void(RecordingFs&, uint64_t)>& fail,
                   const std::function<void(Run&, const Status&)>& check_run) {
  uint64_t seed = test::seed();
  INFO("LEAT_SEED=" << seed);
  uint64_t calls = calls_of_work(seed);
  for (uint64_t at = 0; at < calls; at += 1 + at / 100) {
    INFO("call " << at);
    Run run(seed);
    fail(*run.fs, at);
    Status opened = run.open_and_work();
    check_run(run, opened);
    run.check_disk();
  }
}

}  // namespace

TEST_CASE("EveryCallThatFailsWithAnIoErrorEndsTheLogWithoutLoss") {
  auto fail = [](RecordingFs& fs, uint64_t at) { fs.fail(Failure::io_error, at, at % 2 == 0); };
  for_each_call(fail, [](Run& run, const Status& opened) {
    if (!opened.ok()) {
      CHECK_FALSE(opened.error().is_transient());
      return;
    }
    bool failed = !run.log->health().failed_reason.empty();
    if (!failed) {  // so far: a checkpoint beside it may fail yet
      CHECK(run.acknowledged == kUnits);
      return;
    }
    CHECK(run.refuses_soon());
    CHECK(run.fatal_calls == 1);
  });
}

TEST_CASE("EveryCallThatFindsNoRoomOnceIsTriedAgain") {
  auto fail = [](RecordingFs& fs, uint64_t at) {
    fs.fail(at % 2 == 0 ? Failure::no_space : Failure::short_write, at, false);
  };
  for_each_call(fail, [](Run& run, const Status& opened) {
    CHECK(run.fatal_calls == 0);
    if (!opened.ok()) {
      CHECK(opened.error().is_transient());  // the caller tries again
      return;
    }
    CHECK(run.acknowledged == kUnits);
    run.wait_while_paused();
  });
}

// From a call on nothing that needs room succeeds, for so many calls: each is tried again until
// then.
TEST_CASE("EveryCallFromWhichOnThereIsNoRoomForAWhileIsTriedUntilThereIs") {
  auto fail = [](RecordingFs& fs, uint64_t at) {
    constexpr uint64_t kCalls = 8;
    uint64_t until = fs.changing_calls() + at + kCalls;
    fs.fail(at % 2 == 0 ? Failure::no_space : Failure::short_write, at, true);
    fs.on_change([&fs, until] {
      if (fs.changing_calls() >= until) fs.stop_failing();
    });
  };
  for_each_call(fail, [](Run& run, const Status& opened) {
    CHECK(run.fatal_calls == 0);
    if (!opened.ok()) {
      CHECK(opened.error().is_transient());
      return;
    }
    CHECK(run.acknowledged == kUnits);
    run.wait_while_paused();
  });
}

TEST_CASE("FullDiskPausesTheLogVisiblyUntilThereIsRoom") {
  Run run(7);
  REQUIRE(run.open_and_work().ok());
  run.fs->fail(Failure::no_space, 0, true);
  std::vector<Ticket> tickets;
  for (int i = 0; i < 20; ++i) {
    tickets.push_back(*run.log->submit(run.model.next_unit(*run.log, kInlineBytesMax)));
  }
  while (run.log->health().paused_reason.empty()) std::this_thread::sleep_for(1ms);
  CHECK(run.log->health().paused_reason.find("no space left") != std::string::npos);
  CHECK(run.log->durable() < tickets.back());
  run.fs->stop_failing();
  CHECK(*run.log->wait_durable(tickets.back(), 60s));
  run.wait_while_paused();
  run.acknowledged += tickets.size();
  CHECK(run.fatal_calls == 0);
  run.check_disk();
}

TEST_CASE("ClosingWhileTheDiskIsFullReturnsAnErrorAndLosesNothing") {
  Run run(8);
  REQUIRE(run.open_and_work().ok());
  run.fs->fail(Failure::no_space, 0, true);
  REQUIRE(run.log->submit(run.model.next_unit(*run.log, kInlineBytesMax)).ok());
  Status closed = run.log->close();
  REQUIRE_FALSE(closed.ok());
  CHECK(closed.error().is_transient());
  CHECK(run.fatal_calls == 0);
  run.check_disk();
}

TEST_CASE("FailedSyncReachesTheHandlerAndEveryLaterCall") {
  Run run(9);
  REQUIRE(run.open_and_work().ok());
  run.fs->fail(Failure::io_error, 1, false);  // the write succeeds, its sync does not
  auto ticket = run.log->submit({});
  REQUIRE(ticket.ok());
  auto durable = run.log->wait_durable(*ticket, 60s);
  REQUIRE_FALSE(durable.ok());
  CHECK_FALSE(durable.error().is_transient());
  CHECK(durable.error().message().find("the log cannot go on") != std::string::npos);
  CHECK(run.fatal_calls == 1);
  CHECK_FALSE(run.log->submit({}).ok());
  CHECK_FALSE(run.log->close().ok());
  run.check_disk();
}

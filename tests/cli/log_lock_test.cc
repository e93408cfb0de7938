// One process at a time has the log open: who waits for whom.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "cli/commands/commands.h"
#include "cli/commands/running.h"
#include "cli/parts.h"
#include "cli/topics/topic_admin.h"
#include "log/base/lock_error.h"
#include "tests/support/process.h"

namespace leat::cli {
namespace {

using Catch::Matchers::Contains;
using namespace std::chrono_literals;

struct Resting {
  Resting() {
    config.data_dir = dir / "data";
    auto log = *open_log(config);
    NewTopic topic{"clicks", log::TopicKind::stream, 1, "id bigint not null", "", {}};
    Status made = create_topic(*log, config, topic);
    if (!made.ok()) FAIL(made.error().message());
  }
  static bool wait_a_moment() {
    std::this_thread::sleep_for(10ms);
    return false;
  }
  int64_t records() {
    auto log = *open_log(config);
    return log->state()->find("clicks")->current->partitions[0].end.value();
  }

  test::TempDir dir;
  Config config = *parse_config("leat.yaml", "sources: {shop: {postgres: postgresql://x/y}}\n");
};

TEST_CASE("WhoFindsTheLogOpenIsToldByWhichProcess") {
  Resting resting;
  auto log = *open_log(resting.config);
  auto second = open_log(resting.config);
  REQUIRE_FALSE(second.ok());
  CHECK_THAT(second.error().message(),
             Contains("(process " + std::to_string(::getpid()) + ": cli_tests"));
  CHECK(is_lock_error(second.error()));
  Status gave_up = wait_for_log(resting.config, [] { return true; });
  REQUIRE_FALSE(gave_up.ok());
  CHECK_THAT(gave_up.error().message(), Contains("is locked"));
}

TEST_CASE("ALogThatAnotherCommandHasOpenIsWaitedFor") {
  Resting resting;
  auto log = *open_log(resting.config);
  std::thread ends;
  Status waited = wait_for_log(resting.config, [&] {
    if (!ends.joinable()) ends = std::thread([&] { (void)log->close(), log.reset(); });
    return Resting::wait_a_moment();
  });
  CHECK(waited.ok());
  ends.join();
}

TEST_CASE("ACommandWaitsForWhoeverHasTheLogOpenAndDoesNotAnswer") {
  Resting resting;
  auto log = *open_log(resting.config);
  std::thread ends([&] {  // the commands find it locked meanwhile
    std::this_thread::sleep_for(500ms);
    (void)log->close();
    log.reset();
  });
  std::vector<Status> done;
  auto note = [&](const Result<ExitStatus>& ended) {
    done.push_back(ended.ok() ? Status() : Status(ended.error()));
  };
  note(run_topic_list(resting.config));
  note(run_consumer_list(resting.config));
  TopicCatOptions cat;
  cat.topic = "clicks";
  note(run_topic_cat(resting.config, cat));
  note(run_log_backup(resting.config, resting.dir / "copy"));
  ends.join();
  for (const Status& each : done) CHECK((each.ok() ? "" : each.error().message()) == "");
}

TEST_CASE("AnErrorOfTheLogItselfIsNotWaitedOut") {
  Resting resting;
  resting.config.data_dir = resting.dir / "none";
  auto none = reach_log(resting.config);
  REQUIRE_FALSE(none.ok());
  CHECK_THAT(none.error().message(), Contains("there is no log in"));
}

TEST_CASE("AnAppendFromAPipeLetsGoOfTheLogWhileNothingComes") {
  Resting resting;
  std::string pipe = resting.dir / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  Result<ExitStatus> appended = Error::permanent("not yet");
  std::thread append([&] { appended = run_topic_append(resting.config, "clicks", pipe); });
  int in = ::open(pipe.c_str(), O_WRONLY | O_CLOEXEC);
  const std::string line = "{\"id\":1}\n";
  REQUIRE(::write(in, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
  int64_t records = 0;
  for (int i = 0; i < 100 && records == 0; ++i) {
    std::this_thread::sleep_for(600ms);  // more than the command needs to find the log free
    REQUIRE(wait_for_log(resting.config, Resting::wait_a_moment).ok());
    auto log = open_log(resting.config);
    if (log.ok()) records = (*log)->state()->find("clicks")->current->partitions[0].end.value();
  }
  CHECK(records == 1);
  REQUIRE(::write(in, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
  ::close(in);
  append.join();
  if (!appended.ok()) FAIL(appended.error().message());
  CHECK(resting.records() == 2);
}

}  // namespace
}  // namespace leat::cli

// The life of a source over a work that only notes what it is asked for.
#include "cdc/source_thread.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <thread>

namespace leat::cdc {
namespace {

using namespace std::chrono_literals;

struct Seen {
  std::atomic<int> attempts{0};
  std::atomic<int> copies{0};
};

// Copies where that is wanted, calling DURING_COPY, and then works until it is woken.
class NotedWork final : public SourceWork {
 public:
  NotedWork(Seen* seen, std::function<Status()> during_copy)
      : seen_(seen), during_copy_(std::move(during_copy)) {}

  Status attempt(SourceControl& control) override {
    ++seen_->attempts;
    if (control.wants_resnapshot()) {
      control.resnapshot_begins();
      LEAT_RETURN_IF_ERROR(during_copy_());
      ++seen_->copies;
      control.resnapshot_done();
    }
    while (!control.wake().raised()) control.wake().wait(1000ms);
    return Ok();
  }
  void connection_lost() override {}

 private:
  Seen* seen_;
  std::function<Status()> during_copy_;
};

bool reaches(const std::atomic<int>& value, int wanted) {
  auto deadline = std::chrono::steady_clock::now() + 60s;
  while (value.load() < wanted && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(1ms);
  }
  return value.load() >= wanted;
}

TEST_CASE("AResnapshotThatIsAskedForWhileACopyEndsIsAnsweredByAnother") {
  Seen seen;
  std::unique_ptr<Source> source;
  bool asked_again = false;
  source = make_source("shop", std::make_unique<NotedWork>(&seen, [&]() -> Status {
                         if (!asked_again) source->resnapshot();
                         asked_again = true;
                         return Ok();
                       }));
  source->start();
  source->resnapshot();
  CHECK(reaches(seen.copies, 2));
  source->stop();
  CHECK(seen.copies == 2);
}

TEST_CASE("ACopyThatFailsIsTriedAgainAfterAPauseAndTheErrorIsShown") {
  Seen seen;
  std::unique_ptr<Source> source = make_source(
      "shop", std::make_unique<NotedWork>(
                  &seen, [] { return Status(Error::permanent("there is no such server")); }));
  source->start();
  REQUIRE(reaches(seen.attempts, 1));
  source->resnapshot();
  auto deadline = std::chrono::steady_clock::now() + 60s;
  while (source->status().state != SourceState::stopped) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::sleep_for(1ms);
  }
  CHECK(source->status().last_error == "there is no such server");
  std::this_thread::sleep_for(50ms);
  CHECK(seen.attempts <= 4);
  source->stop();
}

}  // namespace
}  // namespace leat::cdc

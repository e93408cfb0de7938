#include "cdc/source_thread.h"

#include <spdlog/spdlog.h>

#include <thread>

#include "log/base/clock.h"

namespace leat::cdc {

void SourceControl::show(SourceState state) {
  board_.edit([&](SourceStatus& status) {
    status.state = state;
    status.snapshot.clear();
    if (state == SourceState::streaming) status.last_error.clear();
  });
}

// After an error that waiting alone does not mend: what the server's owner mends ends it.
constexpr std::chrono::minutes kTryAgainAfter{1};

class SourceThread final : public Source {
 public:
  SourceThread(std::string name, std::unique_ptr<SourceWork> work)
      : name_(name), control_(std::move(name)), work_(std::move(work)) {
    control_.board_.edit(
        [](SourceStatus& status) { status.heard_at = Clock::system().monotonic(); });
  }
  ~SourceThread() override { stop(); }

  void start() override {
    LEAT_CHECK(!thread_.joinable());
    thread_ = std::thread([this] { run(); });
  }
  void stop() override {
    control_.ending_.store(true);
    control_.wake_.raise();
    if (thread_.joinable()) thread_.join();
  }
  void resnapshot() override {
    std::lock_guard lock(control_.asking_);
    ++control_.asked_;
    control_.wake_.raise();
  }
  SourceStatus status() const override {
    SourceStatus status = control_.board_.read();
    add_silence(Clock::system().monotonic(), &status);
    return status;
  }

 private:
  void run();
  uint64_t lower_signal();
  void show_error(const Error& error, std::chrono::milliseconds retry_in);

  const std::string name_;
  SourceControl control_;
  std::unique_ptr<SourceWork> work_;
  std::string told_;  // the last permanent error in the log
  std::thread thread_;
};

// How often a resnapshot was asked for until now: another call ends the next attempt.
uint64_t SourceThread::lower_signal() {
  std::lock_guard lock(control_.asking_);
  control_.wake_.lower();
  return control_.asked_.load();
}

void SourceThread::run() {
  while (!control_.ending_.load()) {
    // Between attempts nobody waits on the signal; a stop() that comes now is seen by the loop.
    uint64_t asked = lower_signal();
    if (control_.ending_.load()) return;
    Status done = work_->attempt(control_);
    if (control_.ending_.load()) return;
    if (done.ok() || control_.asked_.load() != asked) continue;
    work_->connection_lost();
    auto retry_in = control_.backoff_.next();
    show_error(done.error(), retry_in);
    control_.wake_.wait(done.error().is_transient() ? retry_in : kTryAgainAfter);
  }
}

void SourceThread::show_error(const Error& error, std::chrono::milliseconds retry_in) {
  bool transient = error.is_transient();
  control_.board_.edit([&](SourceStatus& status) {
    status.state = transient ? SourceState::retrying : SourceState::stopped;
    status.last_error = error.message();
  });
  if (transient) {
    spdlog::warn("{}: {}; trying again in {} ms", name_, error.message(), retry_in.count());
  } else {
    if (told_ != error.message()) {
      spdlog::error("{}: {}. Source stopped; it is tried again every minute", name_,
                    error.message());
    }
    told_ = error.message();
  }
}

std::unique_ptr<Source> make_source(std::string name, std::unique_ptr<SourceWork> work) {
  return std::make_unique<SourceThread>(std::move(name), std::move(work));
}

}  // namespace leat::cdc

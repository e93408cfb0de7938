// Wakes a thread that waits in poll(), once and for all: the way in which stop() reaches a source's
// thread.
#pragma once

#include <atomic>
#include <chrono>

namespace leat::cdc {

class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  void raise();  // any thread
  bool raised() const { return raised_.load(std::memory_order_acquire); }
  // Readable in poll() from raise() on.
  int fd() const { return fd_; }
  // Waits until it is raised or TIMEOUT has passed; a negative one: for ever.
  void wait(std::chrono::milliseconds timeout) const;
  // Back to where it began. Only while nobody else uses it.
  void lower();

 private:
  int fd_;
  std::atomic<bool> raised_{false};
};

}  // namespace leat::cdc

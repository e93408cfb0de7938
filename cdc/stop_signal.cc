#include "cdc/stop_signal.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "log/base/check.h"

namespace leat::cdc {

StopSignal::StopSignal() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  LEAT_CHECK(fd_ >= 0);
}

StopSignal::~StopSignal() {
  close(fd_);
}

void StopSignal::raise() {
  raised_.store(true, std::memory_order_release);
  uint64_t one = 1;
  (void)!write(fd_, &one, sizeof one);
}

void StopSignal::wait(std::chrono::milliseconds timeout) const {
  pollfd fd{fd_, POLLIN, 0};
  poll(&fd, 1, static_cast<int>(timeout.count()));
}

void StopSignal::lower() {
  uint64_t count = 0;
  (void)!read(fd_, &count, sizeof count);
  raised_.store(false, std::memory_order_release);
}

}  // namespace leat::cdc

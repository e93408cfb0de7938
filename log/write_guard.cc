#include "log/write_guard.h"

#include <algorithm>

namespace leat::log {
namespace {
constexpr std::chrono::milliseconds kRetryDelayFirst{10};
}

Status WriteGuard::until_written(const std::function<Status()>& write) {
  auto delay = std::min(kRetryDelayFirst, retry_delay_max_);
  Status status = write();
  for (; !status.ok() && status.error().is_transient(); status = write()) {
    if (!pause(&status, status.error(), delay)) break;
    delay = std::min(delay * 2, retry_delay_max_);
  }
  resume(&status);
  if (status.ok() || status.error().is_transient()) return status;
  return fatal(status.error());
}

Status WriteGuard::synced(const std::function<Status()>& sync) {
  Status status = sync();
  return status.ok() ? status : Status(fatal(status.error()));
}

Error WriteGuard::fatal(const Error& error) {
  {
    std::lock_guard lock(mutex_);
    if (failed_) return *failed_;
    failed_ = Error::permanent("the log cannot go on, and is whole as of its last durable cut: " +
                               error.message());
  }
  on_fatal_(*failed_);
  return *failed_;
}

void WriteGuard::give_up() {
  std::lock_guard lock(mutex_);
  given_up_ = true;
  given_up_changed_.notify_all();
}

std::string WriteGuard::paused_reason() const {
  std::lock_guard lock(mutex_);
  return paused_.empty() ? std::string() : paused_.begin()->second;
}

std::optional<Error> WriteGuard::failed() const {
  std::lock_guard lock(mutex_);
  return failed_;
}

bool WriteGuard::pause(const void* who, const Error& why, std::chrono::milliseconds delay) {
  std::unique_lock lock(mutex_);
  paused_[who] = why.message();
  return !given_up_changed_.wait_for(lock, delay, [this] { return given_up_; });
}

void WriteGuard::resume(const void* who) {
  std::lock_guard lock(mutex_);
  paused_.erase(who);
}

}  // namespace leat::log

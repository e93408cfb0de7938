// What the log does when a write fails. Want of room passes: the writer waits and tries again,
// visibly. Anything else, and any failed sync, is the end of the log: what is on the disk is
// unknown.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "log/base/status.h"

namespace leat::log {

class WriteGuard {
 public:
  using FatalHandler = std::function<void(const Error&)>;

  WriteGuard(std::chrono::milliseconds retry_delay_max, FatalHandler on_fatal)
      : retry_delay_max_(retry_delay_max), on_fatal_(std::move(on_fatal)) {}

  // Runs WRITE until it succeeds. A permanent error is fatal. After give_up() a transient one is
  // returned instead of waited for.
  Status until_written(const std::function<Status()>& write);
  // Runs SYNC once; a failure is fatal.
  Status synced(const std::function<Status()>& sync);
  // The log cannot go on. Calls the handler (once); where that returns, so does this, with the
  // error.
  Error fatal(const Error& error);

  // The log is being closed: nobody waits for room any more.
  void give_up();
  std::string paused_reason() const;  // empty: not paused
  std::optional<Error> failed() const;

 private:
  // WHO waits before the next try; false after give_up().
  bool pause(const void* who, const Error& why, std::chrono::milliseconds delay);
  void resume(const void* who);

  const std::chrono::milliseconds retry_delay_max_;
  const FatalHandler on_fatal_;
  mutable std::mutex mutex_;
  std::condition_variable given_up_changed_;
  bool given_up_ = false;
  std::map<const void*, std::string> paused_;  // who waits, and why
  std::optional<Error> failed_;
};

}  // namespace leat::log

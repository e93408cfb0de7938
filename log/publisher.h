// The newest durable state, for all who read or wait. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "log/base/status.h"
#include "log/change_log.h"
#include "log/durable_tickets.h"

namespace leat::log {

class Publisher {
 public:
  explicit Publisher(std::shared_ptr<const LogState> state) : state_(std::move(state)) {}

  void publish(std::shared_ptr<const LogState> state, DurableTickets durable);
  // Wakes who waits for a unit in order that is not durable: it will not be.
  void refuse(const Error& why);
  // Wakes everybody who waits; from now on waiting is this error.
  void fail(const Error& error);

  std::shared_ptr<const LogState> state() const;
  Ticket durable() const;  // of those in order
  Result<bool> wait_durable(Ticket ticket, std::chrono::milliseconds timeout) const;
  // A state beyond CUT, or after TIMEOUT the present one.
  Result<std::shared_ptr<const LogState>> wait_beyond(CutId cut,
                                                      std::chrono::milliseconds timeout) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::shared_ptr<const LogState> state_;
  DurableTickets durable_;
  std::optional<Error> refused_;  // of units in order
  std::optional<Error> failed_;
};

}  // namespace leat::log

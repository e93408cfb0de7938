#include "log/publisher.h"

namespace leat::log {

void Publisher::publish(std::shared_ptr<const LogState> state, DurableTickets durable) {
  std::shared_ptr<const LogState> old;  // freed outside the lock
  {
    std::lock_guard lock(mutex_);
    old = std::exchange(state_, std::move(state));
    durable_ = durable;
  }
  changed_.notify_all();
}

void Publisher::refuse(const Error& why) {
  {
    std::lock_guard lock(mutex_);
    refused_ = why;
  }
  changed_.notify_all();
}

void Publisher::fail(const Error& error) {
  {
    std::lock_guard lock(mutex_);
    if (!failed_) failed_ = error;
  }
  changed_.notify_all();
}

std::shared_ptr<const LogState> Publisher::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

Ticket Publisher::durable() const {
  std::lock_guard lock(mutex_);
  return durable_.in_order;
}

Result<bool> Publisher::wait_durable(Ticket ticket, std::chrono::milliseconds timeout) const {
  const bool is_in_order = ticket < kPassingBegin;
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout,
                    [&] { return durable_.hold(ticket) || failed_ || (is_in_order && refused_); });
  if (durable_.hold(ticket)) return true;
  if (failed_) return *failed_;
  if (is_in_order && refused_) return *refused_;
  return false;
}

Result<std::shared_ptr<const LogState>> Publisher::wait_beyond(
    CutId cut, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout, [&] { return state_->cut > cut || failed_; });
  if (state_->cut <= cut && failed_) return *failed_;
  return state_;
}

}  // namespace leat::log

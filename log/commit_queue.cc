#include "log/commit_queue.h"

namespace leat::log {

Status CommitQueue::check_open() const {
  if (failed_) return *failed_;
  if (closed_) return Error::permanent("the log is closed");
  return Ok{};
}

Result<Ticket> CommitQueue::submit(CommitUnit unit) {
  size_t bytes = unit.bytes();
  std::unique_lock lock(mutex_);
  room_.wait(lock,
             [&] { return closed_ || failed_ || units_.empty() || bytes_ + bytes <= bytes_max_; });
  LEAT_RETURN_IF_ERROR(check_open());
  LEAT_RETURN_IF_ERROR(plan_.add(unit));
  units_.push_back(std::move(unit));
  bytes_ += bytes;
  last_ = last_.next();
  work_.notify_one();
  return last_;
}

std::optional<CommitQueue::Group> CommitQueue::take() {
  std::unique_lock lock(mutex_);
  work_.wait(lock, [&] { return closed_ || failed_ || cut_requested_ || !units_.empty(); });
  if (failed_ || (units_.empty() && !cut_requested_)) return std::nullopt;
  Group group{std::move(units_), last_};
  units_.clear();
  bytes_ = 0;
  cut_requested_ = false;
  room_.notify_all();
  return group;
}

void CommitQueue::request_cut() {
  std::lock_guard lock(mutex_);
  cut_requested_ = true;
  work_.notify_one();
}

Status CommitQueue::plan(const CommitUnit& unit) {
  std::lock_guard lock(mutex_);
  return plan_.add(unit);
}

void CommitQueue::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  work_.notify_all();
  room_.notify_all();
}

void CommitQueue::fail(const Error& error) {
  std::lock_guard lock(mutex_);
  if (!failed_) failed_ = error;
  work_.notify_all();
  room_.notify_all();
}

size_t CommitQueue::queued_bytes() const {
  std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace leat::log

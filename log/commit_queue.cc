#include "log/commit_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "log/base/check.h"

namespace leat::log {

Status CommitQueue::check_open() const {
  if (failed_) return *failed_;
  if (closed_) return Error::permanent("the log is closed");
  return Ok{};
}

Result<Ticket> CommitQueue::submit(CommitUnit unit) {
  LEAT_CHECK(unit.voids.empty());
  size_t bytes = unit.bytes();
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] {
    bool empty = units_.units.empty() && behind_.units.empty();
    return closed_ || failed_ || empty || bytes_ + bytes <= bytes_max_;
  });
  LEAT_RETURN_IF_ERROR(check_open());
  LEAT_RETURN_IF_ERROR(plan_.add(unit));
  Units& to = parts_ ? behind_ : units_;
  to.units.push_back(std::move(unit));
  to.last = last_ = last_.next();
  bytes_ += bytes;
  work_.notify_one();
  return last_;
}

Result<Ticket> CommitQueue::begin_parts() {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] { return closed_ || failed_ || !parts_; });
  LEAT_RETURN_IF_ERROR(check_open());
  last_ = last_.next();
  Parts parts;
  parts.ticket = last_;
  parts_ = std::move(parts);
  return last_;
}

Status CommitQueue::add_part(CommitUnit part, More more) {
  size_t bytes = part.bytes();
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] {
    bool fits = parts_ && (parts_->waiting.empty() || parts_->bytes + bytes <= bytes_max_);
    return closed_ || failed_ || fits;
  });
  LEAT_RETURN_IF_ERROR(check_open());
  LEAT_CHECK(!parts_->is_whole && !parts_->is_abandoned);
  LEAT_RETURN_IF_ERROR(plan_.add_part(part, &parts_->pending));
  parts_->waiting.push_back(std::move(part));
  parts_->bytes += bytes;
  if (more == More::no) {
    plan_.take(std::move(parts_->pending));
    parts_->is_whole = true;
  }
  work_.notify_one();
  return Ok{};
}

void CommitQueue::abandon_parts() {
  std::lock_guard lock(mutex_);
  if (!parts_) return;  // the log was closed, and has seen to it
  parts_->waiting.clear();
  parts_->is_abandoned = true;
  if (!parts_->started) end_parts();
  work_.notify_one();
}

bool CommitQueue::may_take_units() const {
  if (!units_.units.empty()) return true;
  return cut_requested_ && !(parts_ && parts_->started);
}

bool CommitQueue::may_take_parts() const {
  if (!parts_) return false;
  return !parts_->waiting.empty() || parts_->is_abandoned || closed_;
}

std::optional<CommitQueue::Group> CommitQueue::take() {
  std::unique_lock lock(mutex_);
  work_.wait(lock, [&] { return closed_ || failed_ || may_take_units() || may_take_parts(); });
  if (failed_) return std::nullopt;
  if (may_take_units()) return take_units();
  if (may_take_parts()) return take_parts();
  return std::nullopt;
}

CommitQueue::Group CommitQueue::take_units() {
  Group group{Group::Kind::whole_units, std::exchange(units_.units, {}), taken_};
  for (const CommitUnit& unit : group.units) bytes_ -= unit.bytes();
  if (!group.units.empty()) group.last = taken_ = units_.last;
  cut_requested_ = false;
  room_.notify_all();
  return group;
}

CommitQueue::Group CommitQueue::take_parts() {
  Group group{Group::Kind::part, std::exchange(parts_->waiting, {}), parts_->ticket};
  parts_->bytes = 0;
  parts_->started = true;
  if (parts_->is_whole) {
    group.kind = Group::Kind::last_part;
    taken_ = parts_->ticket;
    end_parts();
  } else if (parts_->is_abandoned || closed_) {
    group = {Group::Kind::abandoned, {}, taken_};
    end_parts();
  }
  room_.notify_all();
  return group;
}

void CommitQueue::end_parts() {
  parts_.reset();
  Units behind = std::exchange(behind_, {});
  if (!behind.units.empty()) units_.last = behind.last;
  std::move(behind.units.begin(), behind.units.end(), std::back_inserter(units_.units));
  room_.notify_all();
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
  return bytes_ + (parts_ ? parts_->bytes : 0);
}

}  // namespace leat::log

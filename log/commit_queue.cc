#include "log/commit_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "log/base/check.h"

namespace leat::log {
namespace {

const std::string& topic_of(const TopicEdit& edit) {
  return std::visit([](const auto& each) -> const std::string& { return each.topic; }, edit);
}

void append_moved(std::vector<CommitUnit> from, std::vector<CommitUnit>* to) {
  std::move(from.begin(), from.end(), std::back_inserter(*to));
}

}  // namespace

Status CommitQueue::check_open() const {
  if (failed_) return *failed_;
  if (closed_) return Error::permanent("the log is closed");
  return Ok{};
}

Status CommitQueue::check_in_order() const {
  LEAT_RETURN_IF_ERROR(check_open());
  if (refused_) return *refused_;
  return Ok{};
}

bool CommitQueue::has_room_for(const CommitUnit& unit) const {
  if (unit.may_pass) return passing_.size() < kPassingMax;
  bool is_empty = units_.units.empty() && behind_.units.empty();
  return is_empty || bytes_ + unit.bytes() <= bytes_max_;
}

// What was taken, but not committed yet, counts as waiting.
bool CommitQueue::passes(const CommitUnit& unit) const {
  if (!unit.may_pass) return false;
  return std::none_of(unit.edits.begin(), unit.edits.end(), [&](const TopicEdit& edit) {
    auto other = edited_.find(topic_of(edit));
    return other != edited_.end() && other->second > committed_;
  });
}

void CommitQueue::note_edits(const CommitUnit& unit, Ticket ticket) {
  for (const TopicEdit& edit : unit.edits) edited_[topic_of(edit)] = ticket;
}

Result<Ticket> CommitQueue::submit(CommitUnit unit) {
  LEAT_CHECK(unit.voids.empty() && (unit.appends.empty() || !unit.may_pass));
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] { return closed_ || failed_ || has_room_for(unit); });
  LEAT_RETURN_IF_ERROR(check_open());
  const bool is_passing = passes(unit);
  if (!is_passing) LEAT_RETURN_IF_ERROR(check_in_order());
  LEAT_RETURN_IF_ERROR(plan_.add(unit));
  work_.notify_one();
  if (is_passing) {
    passing_.push_back(std::move(unit));
    return last_.passing = last_.passing.next();
  }
  last_.in_order = last_.in_order.next();
  note_edits(unit, last_.in_order);
  bytes_ += unit.bytes();
  Units& to = parts_ ? behind_ : units_;
  to.units.push_back(std::move(unit));
  return to.last = last_.in_order;
}

Result<Ticket> CommitQueue::begin_parts() {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] { return closed_ || failed_ || refused_ || !parts_; });
  LEAT_RETURN_IF_ERROR(check_in_order());
  last_.in_order = last_.in_order.next();
  Parts parts;
  parts.ticket = last_.in_order;
  parts_ = std::move(parts);
  return last_.in_order;
}

Status CommitQueue::add_part(CommitUnit part, More more) {
  size_t bytes = part.bytes();
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] {
    bool fits = parts_ && (parts_->waiting.empty() || parts_->bytes + bytes <= bytes_max_);
    return closed_ || failed_ || refused_ || fits;
  });
  LEAT_RETURN_IF_ERROR(check_in_order());
  LEAT_CHECK(!parts_->is_whole && !parts_->is_abandoned);
  LEAT_RETURN_IF_ERROR(plan_.add_part(part, &parts_->pending));
  note_edits(part, parts_->ticket);
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

void CommitQueue::refuse(const Error& why, Ticket durable) {
  std::lock_guard lock(mutex_);
  refused_ = why;
  taken_.in_order = durable;
  units_ = {};
  behind_ = {};
  bytes_ = 0;
  parts_.reset();
  room_.notify_all();
}

bool CommitQueue::may_take_units() const {
  if (!units_.units.empty()) return true;
  return !parts_have_begun() && (cut_requested_ || !passing_.empty());
}

bool CommitQueue::may_take_parts() const {
  if (!parts_) return false;
  return !parts_->waiting.empty() || parts_->is_abandoned || closed_;
}

std::optional<CommitQueue::Group> CommitQueue::take() {
  std::unique_lock lock(mutex_);
  committed_ = taken_.in_order;
  work_.wait(lock, [&] { return closed_ || failed_ || may_take_units() || may_take_parts(); });
  if (failed_) return std::nullopt;
  if (may_take_units()) return take_units();
  if (may_take_parts()) return take_parts();
  return std::nullopt;
}

bool CommitQueue::has_passing() const {
  std::lock_guard lock(mutex_);
  return cut_requested_ || !passing_.empty();
}

Ticket CommitQueue::take_passing(std::vector<CommitUnit>* to) {
  std::lock_guard lock(mutex_);
  append_moved(std::exchange(passing_, {}), to);
  cut_requested_ = false;
  room_.notify_all();
  return taken_.passing = last_.passing;
}

CommitQueue::Group CommitQueue::take_units() {
  for (const CommitUnit& unit : units_.units) bytes_ -= unit.bytes();
  if (!units_.units.empty()) taken_.in_order = units_.last;
  taken_.passing = last_.passing;
  Group group{Group::Kind::whole_units, std::exchange(units_.units, {}),
              std::exchange(passing_, {}), taken_};
  cut_requested_ = false;
  room_.notify_all();
  return group;
}

CommitQueue::Group CommitQueue::take_parts() {
  Group group{Group::Kind::part, std::exchange(parts_->waiting, {}), {}, taken_};
  parts_->bytes = 0;
  parts_->started = true;
  if (parts_->is_whole) {
    group.kind = Group::Kind::last_part;
    group.last.in_order = taken_.in_order = parts_->ticket;
    end_parts();
  } else if (parts_->is_abandoned || closed_) {
    group = {Group::Kind::abandoned, {}, {}, taken_};
    end_parts();
  }
  room_.notify_all();
  return group;
}

void CommitQueue::end_parts() {
  parts_.reset();
  Units behind = std::exchange(behind_, {});
  if (!behind.units.empty()) units_.last = behind.last;
  append_moved(std::move(behind.units), &units_.units);
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

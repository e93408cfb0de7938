#include "log/reader_floors.h"

#include <algorithm>

namespace leat::log {

void ReaderFloors::restore(const std::map<std::string, CutId, std::less<>>& floors) {
  std::lock_guard lock(mutex_);
  floors_.clear();
  for (const auto& [name, cut] : floors) floors_.emplace(name, Floor{cut});
}

void ReaderFloors::set(std::string_view name, CutId flushed, Hold hold) {
  std::lock_guard lock(mutex_);
  if (auto detached = detached_.find(name); detached != detached_.end()) detached_.erase(detached);
  auto at = floors_.find(name);
  if (at != floors_.end()) {
    at->second = {flushed, hold};
    return;
  }
  floors_.emplace(name, Floor{flushed, hold});
  new_.emplace_back(name);
}

void ReaderFloors::forget(std::string_view name) {
  std::lock_guard lock(mutex_);
  if (auto detached = detached_.find(name); detached != detached_.end()) detached_.erase(detached);
  auto at = floors_.find(name);
  if (at != floors_.end()) floors_.erase(at);
}

std::shared_ptr<ReaderFloors::LiveFloor> ReaderFloors::add_live(CutId from) {
  auto floor = std::make_shared<LiveFloor>(from);
  std::unique_lock lock(mutex_);
  replacement_ended_.wait(lock, [&] { return from >= replacing_below_; });
  live_.push_back(floor);
  return floor;
}

std::vector<ReaderFloor> ReaderFloors::take_new() {
  std::lock_guard lock(mutex_);
  std::vector<ReaderFloor> readers;
  for (std::string& name : new_) {
    auto at = floors_.find(name);
    if (at != floors_.end()) readers.push_back({std::move(name), at->second.cut});
  }
  new_.clear();
  return readers;
}

std::map<std::string, CutId, std::less<>> ReaderFloors::registered() const {
  std::lock_guard lock(mutex_);
  std::map<std::string, CutId, std::less<>> cuts;
  for (const auto& [name, floor] : floors_) cuts.emplace(name, floor.cut);
  return cuts;
}

CutId ReaderFloors::lowest() const {
  std::lock_guard lock(mutex_);
  return floors_.empty() ? CutId(0) : lowest_of_all();
}

CutId ReaderFloors::compaction_floor() const {
  std::lock_guard lock(mutex_);
  return lowest_of_all();
}

CutId ReaderFloors::lowest_of_all() const {
  CutId lowest(UINT64_MAX);
  for (const auto& [name, floor] : floors_) {
    if (!floor.yields) lowest = std::min(lowest, floor.cut);
  }
  std::erase_if(live_, [](const auto& floor) { return floor.expired(); });
  for (const auto& weak : live_) {
    auto floor = weak.lock();
    if (floor && !floor->detached) lowest = std::min(lowest, CutId(floor->cut));
  }
  return lowest;
}

size_t ReaderFloors::live_count() const {
  std::lock_guard lock(mutex_);
  std::erase_if(live_, [](const auto& floor) { return floor.expired(); });
  return live_.size();
}

bool ReaderFloors::begin_replacement(CutId horizon) {
  std::lock_guard lock(mutex_);
  if (lowest_of_all() < horizon) return false;
  replacing_below_ = std::max(replacing_below_, horizon);
  return true;
}

void ReaderFloors::end_replacement() {
  {
    std::lock_guard lock(mutex_);
    replacing_below_ = CutId(0);
  }
  replacement_ended_.notify_all();
}

void ReaderFloors::yield_for_room() {
  std::lock_guard lock(mutex_);
  for (auto& [name, floor] : floors_) floor.yields = floor.hold == Hold::while_there_is_room;
}

void ReaderFloors::detach_lowest(const std::string& reason) {
  std::lock_guard lock(mutex_);
  CutId lowest = lowest_of_all();
  for (auto at = floors_.begin(); at != floors_.end();) {
    if (at->second.yields || at->second.cut != lowest) {
      ++at;
      continue;
    }
    detached_.insert_or_assign(at->first, DetachedReader{at->first, lowest, reason});
    at = floors_.erase(at);
  }
  for (const auto& weak : live_) {
    auto floor = weak.lock();
    if (floor && CutId(floor->cut) == lowest) floor->detached = true;
  }
}

std::vector<DetachedReader> ReaderFloors::detached() const {
  std::lock_guard lock(mutex_);
  std::vector<DetachedReader> out;
  for (const auto& [name, reader] : detached_) out.push_back(reader);
  return out;
}

}  // namespace leat::log

#include "log/reader_floors.h"

#include <algorithm>

namespace leat::log {

void ReaderFloors::restore(const std::map<std::string, CutId, std::less<>>& floors) {
  std::lock_guard lock(mutex_);
  floors_ = floors;
}

void ReaderFloors::set(std::string_view name, CutId flushed) {
  std::lock_guard lock(mutex_);
  auto at = floors_.find(name);
  if (at != floors_.end()) {
    at->second = flushed;
    return;
  }
  floors_.emplace(name, flushed);
  new_.emplace_back(name);
}

void ReaderFloors::forget(std::string_view name) {
  std::lock_guard lock(mutex_);
  auto at = floors_.find(name);
  if (at != floors_.end()) floors_.erase(at);
}

std::shared_ptr<ReaderFloors::LiveFloor> ReaderFloors::add_live(CutId from) {
  auto floor = std::make_shared<LiveFloor>(from.value());
  std::lock_guard lock(mutex_);
  live_.push_back(floor);
  return floor;
}

std::vector<ReaderFloor> ReaderFloors::take_new() {
  std::lock_guard lock(mutex_);
  std::vector<ReaderFloor> readers;
  for (std::string& name : new_) {
    auto at = floors_.find(name);
    if (at != floors_.end()) readers.push_back({std::move(name), at->second});
  }
  new_.clear();
  return readers;
}

std::map<std::string, CutId, std::less<>> ReaderFloors::registered() const {
  std::lock_guard lock(mutex_);
  return floors_;
}

CutId ReaderFloors::lowest() const {
  std::lock_guard lock(mutex_);
  if (floors_.empty()) return CutId(0);
  CutId lowest(UINT64_MAX);
  for (const auto& [name, cut] : floors_) lowest = std::min(lowest, cut);
  std::erase_if(live_, [](const auto& floor) { return floor.expired(); });
  for (const auto& weak : live_) {
    if (auto floor = weak.lock()) lowest = std::min(lowest, CutId(floor->load()));
  }
  return lowest;
}

size_t ReaderFloors::live_count() const {
  std::lock_guard lock(mutex_);
  std::erase_if(live_, [](const auto& floor) { return floor.expired(); });
  return live_.size();
}

}  // namespace leat::log

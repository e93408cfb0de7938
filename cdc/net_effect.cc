#include "cdc/net_effect.h"

namespace leat::cdc {

void NetEffect::count(std::string_view key, std::string_view row, int diff) {
  auto rows = keys_.find(key);
  if (rows == keys_.end()) {
    rows = keys_.emplace(key, RowCounts()).first;
    bytes_ += key.size();
  }
  auto found = rows->second.find(row);
  if (found == rows->second.end()) {
    found = rows->second.emplace(row, 0).first;
    bytes_ += row.size();
  }
  found->second += diff;
}

bool NetEffect::for_each(const Emit& emit) const {
  for (const auto& [key, rows] : keys_) {
    std::optional<std::string_view> before;
    std::optional<std::string_view> after;
    for (const auto& [row, diff] : rows) {
      if (diff == 0) continue;
      auto& side = diff < 0 ? before : after;
      if (side || diff < -1 || diff > 1) return false;
      side = row;
    }
    if (before || after) emit(key, before, after);
  }
  return true;
}

void NetEffect::clear() {
  keys_.clear();
  bytes_ = 0;
}

}  // namespace leat::cdc

#include "log/change_log.h"

#include <algorithm>

namespace leat::log {

size_t CommitUnit::bytes() const {
  size_t sum = 0;
  for (const PartitionAppend& append : appends) sum += append.records.bytes();
  return sum;
}

const TopicState* LogState::find(std::string_view topic) const {
  auto at =
      std::lower_bound(topics.begin(), topics.end(), topic,
                       [](const auto& state, std::string_view name) { return state->name < name; });
  return at != topics.end() && (*at)->name == topic ? at->get() : nullptr;
}

}  // namespace leat::log

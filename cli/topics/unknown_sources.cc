#include "cli/topics/unknown_sources.h"

#include <algorithm>
#include <set>

namespace leat::cli {

std::vector<std::string> unknown_sources(const log::LogState& state, const Config& config) {
  std::set<std::string> unknown;
  for (const auto& topic : state.topics) {
    std::string source = topic->name.substr(0, topic->name.find('.'));
    bool is_of_a_source = topic->kind == log::TopicKind::table && source != "leat";
    bool is_known = std::any_of(config.sources.begin(), config.sources.end(),
                                [&](const SourceConfig& each) { return each.name == source; });
    if (is_of_a_source && !is_known) unknown.insert(source);
  }
  return {unknown.begin(), unknown.end()};
}

}  // namespace leat::cli

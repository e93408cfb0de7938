#include "views/names.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "log/model/table_name.h"

namespace leat::views {
namespace {

constexpr std::string_view kInternalPrefix = "leat.";

// As topics are named. {"shop", "a.b", "orders"}: shop."a.b".orders
std::string joined(const std::vector<std::string>& parts) {
  std::string out = parts.back();
  for (size_t i = parts.size() - 1; i-- > 0;) out = full_table_name(parts[i], out);
  return out;
}

}  // namespace

void NameTable::add(RelationInfo info) {
  std::string_view name = info.name;
  bool view = info.kind == RelationKind::view;
  while (true) {
    by_name_.emplace(std::string(name), relations_.size());
    size_t dot = name.find('.');
    if (view || dot == name.npos) break;
    name.remove_prefix(dot + 1);
  }
  relations_.push_back(std::move(info));
}

void NameTable::add_unavailable(const std::string& name, std::string reason) {
  unavailable_[name] = std::move(reason);
}

Result<RelationInfo> NameTable::resolve(const std::vector<std::string>& parts) const {
  std::string name = joined(parts);
  if (auto found = unavailable_.find(name); found != unavailable_.end()) {
    return Error::permanent(found->second);
  }
  auto [begin, end] = by_name_.equal_range(name);
  if (begin == end) return unknown(name);
  const RelationInfo& first = relations_[begin->second];
  std::string others;
  for (auto at = std::next(begin); at != end; ++at) {
    const RelationInfo& other = relations_[at->second];
    if (other.kind == first.kind) others += " and " + other.name;
  }
  if (!others.empty()) {
    return Error::permanent(
        fmt::format("the name {} is ambiguous: {}{}", name, first.name, others));
  }
  return first;
}

Error NameTable::unknown(const std::string& name) const {
  constexpr size_t kDistanceMax = 2;
  size_t best_distance = kDistanceMax + 1;
  std::string best;
  for (const auto& [candidate, index] : by_name_) {
    size_t distance = edit_distance(name, candidate);
    if (distance < best_distance && distance < name.size()) {
      best_distance = distance;
      best = candidate;
    }
  }
  std::string message = fmt::format("relation \"{}\" does not exist", name);
  message += best.empty() ? "; leat check says which tables are captured, and of a partitioned one "
                            "these are its partitions"
                          : fmt::format("; did you mean {}?", best);
  return Error::permanent(message);
}

void add_topics(const log::ChangeLog& log, const log::LogState& state, NameTable* names) {
  for (const auto& topic : state.topics) {
    if (topic->name.substr(0, kInternalPrefix.size()) == kInternalPrefix) continue;
    const auto& generation = topic->current ? topic->current : topic->filling;
    if (!generation) continue;
    std::shared_ptr<const Schema> schema = log.schema(generation->schema);
    if (schema == nullptr) continue;
    bool table = topic->kind == log::TopicKind::table;
    names->add({table ? RelationKind::table_topic : RelationKind::stream_topic, topic->name,
                *schema, static_cast<int>(schema->columns.size())});
  }
}

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace leat::views

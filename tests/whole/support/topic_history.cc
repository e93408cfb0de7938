#include "tests/whole/support/topic_history.h"

#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

namespace leat::test {
namespace {

using nlohmann::json;

using CommitOrder = std::pair<uint64_t, uint64_t>;  // commit LSN, index in the transaction

struct Change {
  std::string id;
  json before;
  json after;
  std::optional<CommitOrder> order;  // none: from the snapshot
};

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

Change parse(const std::string& line) {
  json envelope = json::parse(line);
  Change change;
  change.before = envelope.at("before");
  change.after = envelope.at("after");
  const json& row = change.after.is_null() ? change.before : change.after;
  change.id = text_of(row.at("id"));
  if (envelope.at("op") != "r") {
    const json& source = envelope.at("source");
    change.order = {source.at("lsn").get<uint64_t>(), source.at("index").get<uint64_t>()};
  }
  return change;
}

}  // namespace

Result<TopicHistory> TopicHistory::read(const std::string& lines) {
  TopicHistory history;
  std::optional<CommitOrder> last;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) {
    if (!json::accept(line)) return Error::permanent("not a JSON line: " + line);
    Change change = parse(line);
    if (change.order && last && *change.order <= *last) {
      return Error::permanent("twice or out of commit order: " + line);
    }
    if (change.order) last = change.order;
    auto preceding = history.latest_.find(change.id);
    json expected = preceding == history.latest_.end() ? json() : json::parse(preceding->second);
    if (change.before != expected) {
      return Error::permanent("`before` is not what precedes it, " + expected.dump() + ": " + line);
    }
    if (change.after.is_null())
      history.latest_.erase(change.id);
    else
      history.latest_[change.id] = change.after.dump();
  }
  return history;
}

std::optional<std::string> TopicHistory::difference_from(const std::string& id,
                                                         const std::string& row_json) const {
  auto found = latest_.find(id);
  if (found == latest_.end()) return "the topic has no row " + id;
  json ours = json::parse(found->second);
  json row = json::parse(row_json);
  for (const auto& [column, value] : row.items()) {
    if (column.ends_with("changed")) continue;
    bool equal = ours.contains(column) && ours[column].is_null() == value.is_null() &&
                 text_of(ours[column]) == text_of(value);
    if (!equal)
      return "row " + id + ", column " + column + ": " + ours.dump() + " is not " + row_json;
  }
  return std::nullopt;
}

}  // namespace leat::test

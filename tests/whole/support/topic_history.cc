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
  std::optional<CommitOrder> order;  // none: from the snapshot, or MySQL's
};

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

Change change_of(const json& envelope) {
  Change change;
  change.before = envelope.at("before");
  change.after = envelope.at("after");
  const json& row = change.after.is_null() ? change.before : change.after;
  change.id = text_of(row.at("id"));
  if (envelope.at("op") != "r") {
    const json& source = envelope.at("source");
    if (!source.contains("lsn")) return change;
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
    json envelope = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (envelope.is_discarded()) return Error::permanent("not a JSON line: " + line);
    Change change = change_of(envelope);
    if (change.order && last && *change.order <= *last) {
      return Error::permanent("twice or out of commit order: " + line);
    }
    if (change.order) last = change.order;
    auto preceding = history.latest_.find(change.id);
    const json expected = preceding == history.latest_.end() ? json() : preceding->second;
    if (change.before != expected) {
      return Error::permanent("`before` is not what precedes it, " + expected.dump() + ": " + line);
    }
    if (change.after.is_null()) {
      history.latest_.erase(change.id);
    } else {
      history.latest_[change.id] = std::move(change.after);
    }
  }
  return history;
}

std::optional<std::string> TopicHistory::difference_from(const std::string& id,
                                                         const std::string& row_json) const {
  auto found = latest_.find(id);
  if (found == latest_.end()) return "the topic has no row " + id;
  const json& ours = found->second;
  json row = json::parse(row_json);
  for (const auto& [column, value] : row.items()) {
    if (column.ends_with("changed")) continue;
    bool equal = ours.contains(column) && ours.at(column).is_null() == value.is_null() &&
                 text_of(ours.at(column)) == text_of(value);
    if (!equal)
      return "row " + id + ", column " + column + ": " + ours.dump() + " is not " + row_json;
  }
  return std::nullopt;
}

}  // namespace leat::test

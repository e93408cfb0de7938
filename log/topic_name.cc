#include "log/topic_name.h"

#include <algorithm>
#include <string>

namespace leat::log {
namespace {

constexpr size_t kNameBytesMax = 249;
constexpr std::string_view kLegal =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

Error refused(std::string_view name, const std::string& why) {
  return Error::permanent("'" + std::string(name) + "' cannot be a topic's name: " + why);
}

std::string in_metrics(std::string_view name) {
  std::string out(name);
  std::replace(out.begin(), out.end(), '.', '_');
  return out;
}

}  // namespace

Status check_topic_name(std::string_view name, const LogState& state) {
  if (name.empty() || name.size() > kNameBytesMax) {
    return refused(name, "it must have 1 to 249 characters");
  }
  if (name == "." || name == "..") return refused(name, "it would be a directory's");
  size_t wrong = name.find_first_not_of(kLegal);
  if (wrong != std::string_view::npos) {
    return refused(name, "only letters, digits, '.', '_' and '-' may stand in it, not '" +
                             std::string(name.substr(wrong, 1)) + "'");
  }
  if (name.starts_with("leat.")) return refused(name, "'leat.' begins the log's own topics");
  for (const auto& topic : state.topics) {
    if (topic->name == name) return refused(name, "there is a topic of this name");
    if (in_metrics(topic->name) == in_metrics(name)) {
      return refused(name, "it differs from " + topic->name +
                               " only by '.' and '_', which Kafka's metrics do not tell apart");
    }
  }
  return Ok{};
}

}  // namespace leat::log

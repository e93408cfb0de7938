#include "log/topic_name.h"

#include <algorithm>
#include <string>

#include "log/model/utf8.h"

namespace leat::log {
namespace {

constexpr std::string_view kLegal =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

Error refused(std::string_view name, const std::string& why) {
  return Error::permanent("'" + std::string(name) + "' cannot be a topic's name: " + why);
}

// What NAME has at AT, as a person knows it.
std::string character_at(std::string_view name, size_t at) {
  std::string_view character = name.substr(at, utf8_sequence_size(name[at]));
  if (find_invalid_utf8(character) == std::string_view::npos)
    return "'" + std::string(character) + "'";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  auto byte = static_cast<unsigned char>(name[at]);
  return std::string("the byte 0x") + kDigits[byte >> 4] + kDigits[byte & 15];
}

std::string in_metrics(std::string_view name) {
  std::string out(name);
  std::replace(out.begin(), out.end(), '.', '_');
  return out;
}

}  // namespace

Status check_topic_name(std::string_view name, const LogState& state) {
  if (name.empty() || name.size() > kTopicFileNameBytesMax) {
    return refused(name, "it must have 1 to " + std::to_string(kTopicFileNameBytesMax) +
                             " characters, not " + std::to_string(name.size()));
  }
  if (name == "." || name == "..") return refused(name, "it would be a directory's");
  size_t wrong = name.find_first_not_of(kLegal);
  if (wrong != std::string_view::npos) {
    return refused(name, "only letters, digits, '.', '_' and '-' may stand in it, not " +
                             character_at(name, wrong));
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

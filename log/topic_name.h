// Names of topics that people make. (A source's topics are named after its tables, and take any
// characters: their files' names escape them.)
#pragma once

#include <cstddef>
#include <string_view>

#include "log/base/status.h"
#include "log/change_log.h"

namespace leat::log {

// Of a topic's name as a file's: with the partition's number behind it, it must fit the file
// system's 255.
inline constexpr size_t kTopicFileNameBytesMax = 240;

// Kafka's rules, so that the topic can move to a broker: 1 to 240 (Kafka: 249) of the characters
// a-z A-Z 0-9 . _ -, neither "." nor "..", and not the same as another topic's name but for . and _
// (a broker's metrics cannot tell those apart). "leat." begins the log's own topics. An error says
// which rule.
Status check_topic_name(std::string_view name, const LogState& state);

}  // namespace leat::log

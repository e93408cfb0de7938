// Making, altering and deleting topics: what `leat topic create|alter|delete` ask of an open log,
// in this process or over the socket.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/config/config.h"
#include "log/base/status.h"
#include "log/change_log.h"

namespace leat::cli {

// "codec=lz4".
using Assignments = std::vector<std::string>;

struct NewTopic {
  std::string name;
  log::TopicKind kind = log::TopicKind::stream;
  int32_t partitions = 4;
  std::string columns;  // "id bigint, note text": PostgreSQL's names of types
  std::string key;      // "id, region"; may be empty for a stream
  Assignments settings;
};

// All return when the change is durable. Errors say what does not fit and what to do.
Status create_topic(log::ChangeLog& log, const Config& config, const NewTopic& topic);

// What leat.yaml sets is refused: the next start would set it back.
Status alter_topic(log::ChangeLog& log, const Config& config, const std::string& topic,
                   const Assignments& settings);

// The source that writes the topic, as leat.yaml has it; null where there is none.
const SourceConfig* writer_of(const Config& config, const std::string& topic);

// Topic → the views that read it.
using TopicViews = std::map<std::string, std::vector<std::string>>;
// Refused while a source writes the topic or a view reads it.
Status delete_topic(log::ChangeLog& log, const Config& config, const TopicViews& views,
                    const std::string& topic);

}  // namespace leat::cli

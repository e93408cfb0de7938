// Which topics of a group cannot be read on: bytes on the disk are not what was written.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "log/change_log.h"
#include "views/view_catalog.h"

namespace leat::views {

// Those of TOPICS, each with its error, that fail when they are read from FROM as a reader of all
// of them would in one step of BYTES_MAX towards LIMIT.
std::map<std::string, Error> damaged_topics(log::ChangeLog& log,
                                            const std::vector<std::string>& topics,
                                            const log::ReadPosition& from, CutId limit,
                                            size_t bytes_max);

// The generation of TOPIC that was current at the cut AT; where there was none, the one that is
// now.
GenerationId generation_at(const log::LogState& state, const std::string& topic, CutId at);

// Why TOPIC, as it is now, is no table that a view could be built from: the log knows of damage, or
// a part was given up (it stopped in the cut that its generation begins with). None: it is one.
std::optional<std::string> why_not_whole(const log::TopicState& topic);
// The same of the first of the inputs that is none.
std::optional<std::string> first_not_whole(const log::LogState& state, const InputSchemas& inputs);

}  // namespace leat::views
